#include "engine/drift_record.h"

#include "base/rfc3339.h"
#include "engine/journal_json.h"
#include "engine/program_scan_json.h"
#include "engine/sealed_document.h"
#include "model/json_bytes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace tuner {
namespace {

using nlohmann::json;

std::optional<DriftRecord::Time> time_at(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  const auto time = from_rfc3339(found->get<std::string>());
  return time ? system_time(*time) : std::nullopt;
}

std::map<std::string, DriftTimes> times_from(const json& object) {
  std::map<std::string, DriftTimes> all;
  for (const auto& [key, times] : object.items()) {
    const auto first = time_at(times, "first_seen");
    const auto last = time_at(times, "last_seen");
    // Refuse the file: without its times "since when" would silently restart.
    if (!first || !last) throw json::other_error::create(599, "no time", &times);
    all[key] = {*first, *last};
  }
  return all;
}

json times_json(const std::map<std::string, DriftTimes>& all) {
  json object = json::object();
  for (const auto& [key, times] : all) {
    object[key] = {{"first_seen", rfc3339(times.first_seen)},
                   {"last_seen", rfc3339(times.last_seen)}};
  }
  return object;
}

void note_in(std::map<std::string, DriftTimes>& all, const std::string& key,
             DriftRecord::Time now) {
  all.try_emplace(key, DriftTimes{.first_seen = now, .last_seen = now}).first->second.last_seen =
      now;
}

DriftRecord record_from(const json& document) {
  DriftRecord record{.last_success = time_at(document, "last_success"),
                     .repaired = document.at("repaired"),
                     .drifted = times_from(document.at("drifted")),
                     .missing = times_from(document.value("missing", json::object())),
                     .metrics = bytes_or_empty(document, "metrics")};
  if (const auto found = document.find("programs"); found != document.end())
    record.programs = program_scan_from_json(*found);
  return record;
}

bool same_settings(const std::map<std::string, DriftTimes>& a,
                   const std::map<std::string, DriftTimes>& b) {
  return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
    return one.first == other.first && one.second.first_seen == other.second.first_seen;
  });
}

bool is_drift(const Step& step) {
  return step.status == Status::Change && !step.restores;
}

// Observed and not drifted. A step that is deferred or unreadable may still have drifted.
bool is_right(const Step& step) {
  return step.status == Status::InSync || step.status == Status::Done;
}

}  // namespace

bool equal_but_for_times(const DriftRecord& a, const DriftRecord& b) {
  return a.repaired == b.repaired && a.metrics == b.metrics &&
         same_settings(a.drifted, b.drifted) && same_settings(a.missing, b.missing) &&
         same_findings(a.programs, b.programs);
}

Result<DriftRecord> load_drift(const StateStore& store) {
  const auto text = store.read(kDriftPath);
  if (!text) {
    if (text.error().fault == Fault::NotFound) return DriftRecord{};
    return fail(text.error());
  }
  const auto damaged = [](std::string_view why) {
    return fail(Fault::Invalid,
                fmt::format("{}: damaged, so it is unknown since when settings have drifted: {}",
                            kDriftPath, why),
                fmt::format("the next check starts a new file and keeps this one as {}",
                            kDamagedDriftPath));
  };
  const auto document = unsealed(*text);
  if (!document) return damaged(document.error().text);
  try {
    return record_from(*document);
  } catch (const json::exception&) {
    return damaged("it does not have this program's format");
  }
}

// Nothing is restored from this file, so a damaged one costs only times and does not stop the
// check. It is kept for who looks for the cause.
Result<DriftRecord> load_or_renew_drift(StateStore& store, std::optional<Error>& lost) {
  auto record = load_drift(store);
  if (record || record.error().fault != Fault::Invalid) return record;
  lost = record.error();
  TRY(store.move(kDriftPath, kDamagedDriftPath));
  return DriftRecord{};
}

Outcome save_drift(StateStore& store, const DriftRecord& record) {
  json document = {{"format_version", "1.0"},
                   {"repaired", record.repaired},
                   {"drifted", times_json(record.drifted)},
                   {"missing", times_json(record.missing)}};
  if (!record.metrics.empty()) document["metrics"] = bytes_to_json(record.metrics);
  if (record.programs) document["programs"] = program_scan_to_json(*record.programs);
  if (record.last_success) document["last_success"] = rfc3339(*record.last_success);
  return store.replace(kDriftPath, sealed(std::move(document), 1));
}

// A step in between (deferred, unreadable, held back) keeps its time: a read that fails once must
// not restart "since when". Settings that the plan no longer names are forgotten only after a look
// at the whole profile; with --nic most are not named.
void record_drift(DriftRecord& record, const Plan& plan, DriftRecord::Time now, bool whole) {
  std::set<std::string_view> named;
  for (const Step& step : plan.steps) {
    const std::string& key = step.desired.subject.key;
    named.insert(key);
    if (is_drift(step)) note_in(record.drifted, key, now);
    if (step.status == Status::NoSubject) note_in(record.missing, key, now);
    if (is_right(step)) record.drifted.erase(key);
  }
  if (!whole) return;
  const auto gone = [&](const auto& one) { return !named.contains(one.first); };
  std::erase_if(record.drifted, gone);
  std::erase_if(record.missing, gone);
}

void fill_drift_times(Plan& plan, const DriftRecord& record) {
  for (Step& step : plan.steps) {
    const bool missing = step.status == Status::NoSubject;
    const auto& all = missing ? record.missing : record.drifted;
    const auto found = all.find(step.desired.subject.key);
    if ((missing || is_drift(step)) && found != all.end()) step.drift = found->second;
  }
}

}  // namespace tuner
