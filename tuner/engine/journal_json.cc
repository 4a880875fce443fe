#include "engine/journal_json.h"

#include "model/json_bytes.h"
#include "model/value_json.h"

#include <nlohmann/json.hpp>

namespace tuner {

using nlohmann::json;

namespace {

json texts_to_json(const std::vector<std::string>& texts) {
  json all = json::array();
  for (const std::string& text : texts) all.push_back(bytes_to_json(text));
  return all;
}

// Missing if an older release wrote the file.
std::vector<std::string> texts_from(const json& object, const char* name) {
  std::vector<std::string> texts;
  for (const json& text : object.value(name, json::array())) texts.push_back(bytes_from_json(text));
  return texts;
}

}  // namespace

json subject_to_json(const Subject& subject) {
  return {{"knob", bytes_to_json(subject.knob)},   {"key", bytes_to_json(subject.key)},
          {"name", bytes_to_json(subject.name)},   {"place", bytes_to_json(subject.place)},
          {"group", bytes_to_json(subject.group)}, {"device", bytes_to_json(subject.device)}};
}

Subject subject_from_json(const json& object) {
  return {.knob = bytes_at(object, "knob"),
          .key = bytes_at(object, "key"),
          .name = bytes_at(object, "name"),
          .place = bytes_at(object, "place"),
          .group = bytes_at(object, "group"),
          .device = bytes_or_empty(object, "device")};  // an older release did not write it
}

json accepted_risks_to_json(const std::vector<AcceptedRisk>& risks) {
  json words = json::array();
  for (const AcceptedRisk risk : risks) words.push_back(word_of(risk));
  return words;
}

// A word of a later release is none that this one could accept.
std::vector<AcceptedRisk> accepted_risks_from(const json& object) {
  std::vector<AcceptedRisk> risks;
  for (const auto& word : object.value("accepted_risks", std::vector<std::string>{})) {
    if (const auto risk = from_word<AcceptedRisk>(word)) risks.push_back(*risk);
  }
  return risks;
}

// Names are bytes, not text: an interface may have any byte but "/" and white space in its name
// (net/core/dev.c, dev_valid_name()), and the JSON writer throws on what is no UTF-8.
json run_to_json(const RunInfo& run) {
  return {{"run", bytes_to_json(run.id)},
          {"boot_id", bytes_to_json(run.boot_id)},
          {"kernel", bytes_to_json(run.kernel)},
          {"profile", bytes_to_json(run.profile)},
          {"path", bytes_to_json(run.path)},
          {"digest", bytes_to_json(run.digest)},
          {"at", bytes_to_json(run.at)},
          {"by", bytes_to_json(run.by)},
          {"max_disruption", disruption_name(run.max_disruption)},
          {"accepted_risks", accepted_risks_to_json(run.accepted_risks)},
          {"only", run.only},
          {"skip", run.skip},
          {"nics", texts_to_json(run.nics)},
          {"cpus_online", run.cpus_online}};
}

// The keys with a default here came with later releases. A run of an older release reads as one
// over everything, with the default limit of disruption.
RunInfo run_from_json(const json& object) {
  return {.id = bytes_at(object, "run"),
          .boot_id = bytes_at(object, "boot_id"),
          .kernel = bytes_or_empty(object, "kernel"),
          .profile = bytes_at(object, "profile"),
          .path = bytes_at(object, "path"),
          .digest = bytes_at(object, "digest"),
          .at = bytes_at(object, "at"),
          .by = bytes_at(object, "by"),
          .max_disruption = disruption_from(object.value("max_disruption", std::string{})),
          .accepted_risks = accepted_risks_from(object),
          .only = object.value("only", std::vector<std::string>{}),
          .skip = object.value("skip", std::vector<std::string>{}),
          .nics = texts_from(object, "nics"),
          .cpus_online = object.value("cpus_online", std::string{})};
}

Value value_at(const json& object, const char* name) {
  auto value = value_from_json(object.at(name));
  if (!value) refuse_field(object, value.error().text);
  return *value;
}

std::string bytes_at(const json& object, const char* name) {
  return bytes_from_json(object.at(name));
}

std::string bytes_or_empty(const json& object, const char* name) {
  return object.contains(name) ? bytes_at(object, name) : std::string();
}

// 599 is outside the ids that nlohmann-json uses for its own other_error.
void refuse_field(const json& object, const std::string& why) {
  throw json::other_error::create(599, why, &object);
}

}  // namespace tuner
