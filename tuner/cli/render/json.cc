#include "cli/render/json.h"

#include "base/rfc3339.h"
#include "cli/request/version.h"
#include "model/value_json.h"
#include "model/json_bytes.h"
#include "probe/cell_json.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kFormatVersion = "1.0";

ordered_json origin_json(const Origin& origin) {
  if (origin.line == 0) return nullptr;
  return {{"file", origin.file}, {"line", origin.line}, {"column", origin.column}};
}

// Null says "none" in every document; an empty text would be a value.
ordered_json or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return text;
}

ordered_json error_json(const Error& error) {
  return {{"code", fault_name(error.fault)}, {"message", error.text}, {"hint", error.hint}};
}

}  // namespace

// The common keys are there in each step, null where they do not apply. The others are those of
// some states (target, in_effect, drift).
ordered_json step_json(const Step& step) {
  const Setting& setting = step.desired.setting;
  const bool seen = step.observed.availability == Observation::Availability::Available;
  ordered_json json = {
      {"knob", step.desired.subject.knob},
      {"subject", step.desired.subject.name},
      {"key", step.desired.subject.key},
      {"goal",
       {{"op", op_name(setting.goal.op)}, {"value", value_to_public_json(setting.goal.value)}}},
      {"observed",
       seen ? ordered_json(value_to_public_json(step.observed.value)) : ordered_json(nullptr)},
      {"persisted", step.persisted ? ordered_json(value_to_public_json(*step.persisted))
                                   : ordered_json(nullptr)},
      {"status", status_name(step.status)},
      {"need", need_name(setting.need)},
      {"because", step.because},
      {"cause", or_null(step.cause)},
      {"cause_code", or_null(std::string(cause_code_name(step.cause_code)))},
      {"why", setting.why},
      {"hint", step.observed.hint},
      {"origin", origin_json(setting.origin)},
      {"disruption", disruption_name(step.desired.disruption)},
      {"owner", or_null(step.desired.owner)},
      {"restores", step.restores}};
  if (step.undoes_reset) json["puts_back"] = true;
  if (step.status == Status::Done || step.status == Status::Change)
    json["target"] = value_to_public_json(step.target);
  if (seen && step.observed.in_effect)
    json["in_effect"] = value_to_public_json(*step.observed.in_effect);
  if (step.drift) {
    json[step.status == Status::NoSubject ? "missing" : "drift"] = {
        {"first_seen", rfc3339(step.drift->first_seen)},
        {"last_seen", rfc3339(step.drift->last_seen)}};
  }
  if (!step.desired.detail.empty()) json["detail"] = step.desired.detail;
  return json;
}

ordered_json summary_json(const Summary& s) {
  return {
      {"in_sync", s.in_sync},         {"change", s.change},         {"done", s.done},
      {"unsupported", s.unsupported}, {"no_subject", s.no_subject}, {"unreadable", s.unreadable},
      {"blocked", s.blocked},         {"deferred", s.deferred},     {"failed", s.failed}};
}

ordered_json steps_json(const std::vector<Step>& steps) {
  ordered_json all = ordered_json::array();
  for (const Step& step : steps) all.push_back(step_json(step));
  return all;
}

ordered_json plan_json(const Plan& plan) {
  return {{"profile", {{"name", plan.profile}, {"digest", plan.digest}}},
          {"steps", steps_json(plan.steps)},
          {"summary", summary_json(summarize(plan.steps))},
          {"notes", plan.notes}};
}

ordered_json library_json(const LibraryFacts& library) {
  return {{"version", library.version},
          {"config_file", library.config_file},
          {"config_asks_for_ktls", library.config_asks},
          {"ktls", abilities_json(library)}};
}

namespace {

// Keys of a cell across the wire: which end is this host's, and the evidence of both ends.
void add_wire_json(const ProbeReport& report, const JudgedCell& judged, ordered_json& json) {
  const ProbeCell& cell = judged.cell();
  json["own_end"] = report.mode == "connect" ? "client" : "server";
  json["interface"] = or_null(cell.interface);
  json["nics"] = cell.nics;
  json["driver_counters"] = cell.driver_counters;
  json["server_because"] = cell.server_because;
  const ProbeEnd client = judged.calling_end();
  json["client"] = end_json(client);
  json["client"]["interface"] = or_null(client.interface);
}

ordered_json judged_json(const JudgedCell& judged) {
  ordered_json json = cell_json(judged.cell());
  const ProbeEnd serving = judged.serving_end();
  json["tx"] = tls_path_name(serving.tx.path());
  json["rx"] = tls_path_name(serving.rx.path());
  json["expected"] = {{"tx", expected_path_name(judged.expected(TlsDirection::Tx))},
                      {"rx", expected_path_name(judged.expected(TlsDirection::Rx))}};
  json["result"] = cell_result_name(judged.result());
  json["because"] = judged.because();
  return json;
}

}  // namespace

ordered_json probe_json(const JudgedReport& judged) {
  const ProbeReport& report = judged.report();
  ordered_json cells = ordered_json::array();
  for (const JudgedCell& cell : judged.cells()) {
    cells.push_back(judged_json(cell));
    if (report.mode != "loopback") add_wire_json(report, cell, cells.back());
  }
  return {{"endpoint", {{"mode", report.mode}, {"peer", or_null(report.peer)}}},
          {"own_namespace", report.own_namespace},
          {"counters_shared", !report.own_namespace},
          {"library", library_json(report.library)},
          {"cells", std::move(cells)},
          {"verdict", probe_verdict_name(judged.verdict())},
          {"warnings", report.warnings}};
}

ordered_json diagnostic_json(const Diagnostic& diagnostic) {
  return {{"severity", severity_name(diagnostic.severity)},
          {"code", diagnostic.code},
          {"message", diagnostic.message},
          {"hint", diagnostic.hint},
          {"file", diagnostic.origin.file},
          {"line", diagnostic.origin.line},
          {"column", diagnostic.origin.column}};
}

// The envelope is first, so a person sees host, verb and exit code at the top of a saved file.
ordered_json document(const Envelope& envelope, const Answer& answer) {
  ordered_json errors = ordered_json::array();
  for (const Error& error : answer.errors) errors.push_back(error_json(error));
  for (const Diagnostic& diagnostic : answer.diagnostics) {
    if (diagnostic.severity == Diagnostic::Severity::Error)
      errors.push_back(diagnostic_json(diagnostic));
  }
  const HostIdentity& host = envelope.host;
  ordered_json json = {{"format_version", kFormatVersion},
                       {"kind", envelope.kind},
                       {"tool", {{"name", "ktls-tuner"}, {"version", kVersion}}},
                       {"host",
                        {{"hostname", host.hostname},
                         {"kernel", host.kernel},
                         {"boot_id", host.boot_id},
                         {"emulated", host.emulated}}},
                       {"started_at", rfc3339(envelope.started_at)},
                       {"duration_ms", envelope.duration.count()},
                       {"exit_code", static_cast<int>(answer.exit_code)},
                       {"errors", std::move(errors)}};
  json.update(*answer.body);
  return json;
}

std::string document_text(const Envelope& envelope, const Answer& answer) {
  return printed(document(envelope, answer), 2) + "\n";
}

}  // namespace tuner
