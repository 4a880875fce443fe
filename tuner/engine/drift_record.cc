#include "engine/drift_record.h"

#include "base/rfc3339.h"

#include <nlohmann/json.hpp>

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

DriftRecord record_from(const json& document) {
  DriftRecord record{.last_success = time_at(document, "last_success"),
                     .repaired = document.at("repaired"),
                     .drifted = {}};
  for (const auto& [key, times] : document.at("drifted").items()) {
    const auto first = time_at(times, "first_seen");
    const auto last = time_at(times, "last_seen");
    if (first && last) record.drifted[key] = {*first, *last};
  }
  return record;
}

bool is_drift(const Step& step) {
  return step.status == Status::Change && !step.restores;
}

// Seen, and not drifted. What waits for something else, or could not be read, may still be.
bool is_right(const Step& step) {
  return step.status == Status::InSync || step.status == Status::Done;
}

}  // namespace

DriftRecord load_drift(const StateStore& store) {
  const auto text = store.read(kDriftPath);
  if (!text) return {};
  try {
    return record_from(json::parse(*text));
  } catch (const json::exception&) {
    return {};
  }
}

Outcome save_drift(StateStore& store, const DriftRecord& record) {
  json document = {
      {"format_version", "1.0"}, {"repaired", record.repaired}, {"drifted", json::object()}};
  if (record.last_success) document["last_success"] = rfc3339(*record.last_success);
  for (const auto& [key, times] : record.drifted) {
    document["drifted"][key] = {{"first_seen", rfc3339(times.first_seen)},
                                {"last_seen", rfc3339(times.last_seen)}};
  }
  return store.replace(kDriftPath, document.dump(1) + "\n");
}

void note_drift(DriftRecord& record, const Plan& plan, DriftRecord::Time now, bool whole) {
  std::set<std::string_view> named;
  for (const Step& step : plan.steps) {
    const std::string& key = step.wish.subject.key;
    named.insert(key);
    if (is_drift(step)) {
      record.drifted.try_emplace(key, DriftTimes{.first_seen = now, .last_seen = now})
          .first->second.last_seen = now;
    } else if (is_right(step)) {
      record.drifted.erase(key);
    }
  }
  if (whole)
    std::erase_if(record.drifted, [&](const auto& one) { return !named.contains(one.first); });
}

void tell_drift(Plan& plan, const DriftRecord& record) {
  for (Step& step : plan.steps) {
    const auto found = record.drifted.find(step.wish.subject.key);
    if (is_drift(step) && found != record.drifted.end()) step.drift = found->second;
  }
}

}  // namespace tuner
