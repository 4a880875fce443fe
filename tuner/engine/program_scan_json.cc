#include "engine/program_scan_json.h"

#include "base/rfc3339.h"
#include "engine/journal_json.h"
#include "model/json_bytes.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;

json texts_json(const std::vector<std::string>& texts) {
  json all = json::array();
  for (const std::string& text : texts) all.push_back(bytes_to_json(text));
  return all;
}

std::vector<std::string> texts_at(const json& object, const char* name) {
  std::vector<std::string> texts;
  for (const json& text : object.at(name)) texts.push_back(bytes_from_json(text));
  return texts;
}

json program_json(const ProgramAtRisk& program) {
  const ProgramRisk& risk = program.risk;
  return {{"risk", word_of(risk.kind)},
          {"service", bytes_to_json(risk.service)},
          {"program", bytes_to_json(risk.program)},
          {"because", bytes_to_json(risk.text)},
          {"ways_out", texts_json(risk.ways_out)},
          {"accepted", program.accepted}};
}

ProgramAtRisk program_from(const json& object) {
  const auto kind = from_word<ProgramRisk::Kind>(object.at("risk").get<std::string>());
  return {.risk = {.kind = kind.value_or(ProgramRisk::Kind::KeyUpdateUnknown),
                   .service = bytes_at(object, "service"),
                   .program = bytes_at(object, "program"),
                   .text = bytes_at(object, "because"),
                   .ways_out = texts_at(object, "ways_out")},
          .accepted = object.at("accepted").get<bool>()};
}

}  // namespace

json program_scan_to_json(const ProgramScan& scan) {
  json at_risk = json::array();
  for (const ProgramAtRisk& program : scan.at_risk) at_risk.push_back(program_json(program));
  return {{"at", rfc3339(scan.at)},
          {"boot_id", scan.boot_id},
          {"at_risk", std::move(at_risk)},
          {"not_looked_at", texts_json(scan.not_looked_at)}};
}

ProgramScan program_scan_from_json(const json& object) {
  const auto utc = from_rfc3339(object.at("at").get<std::string>());
  const auto at = utc ? system_time(*utc) : std::nullopt;
  if (!at) refuse_field(object, "at is no time");
  ProgramScan scan{.at = *at,
                   .boot_id = object.at("boot_id").get<std::string>(),
                   .not_looked_at = texts_at(object, "not_looked_at")};
  for (const json& program : object.at("at_risk")) scan.at_risk.push_back(program_from(program));
  return scan;
}

}  // namespace tuner
