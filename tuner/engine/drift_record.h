// Since when a setting has drifted: what the checks on record found, in /var/lib/ktls-tuner/drift,
// beyond reboots.
#pragma once

#include "host/files/state_store.h"
#include "model/plan.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kDriftPath = "/var/lib/ktls-tuner/drift";
inline constexpr std::string_view kDamagedDriftPath = "/var/lib/ktls-tuner/drift.damaged";

struct DriftRecord {
  using Time = std::chrono::system_clock::time_point;
  std::optional<Time> last_success;           // of the last check that came to a verdict
  std::uint64_t repaired = 0;                 // settings that checks have set again, in all
  std::map<std::string, DriftTimes> drifted;  // by Subject::key
  std::map<std::string, DriftTimes> missing;  // of settings that find no subject, by their key
};

// Never written: an empty one. Invalid: damaged.
Result<DriftRecord> load_drift(const StateStore& store);
// For who is going to save it: a damaged one is moved aside, told in `lost`, and begun anew. Any
// other failed read is an error, so that what may be whole is not written over.
Result<DriftRecord> load_or_renew_drift(StateStore& store, std::optional<Error>& lost);
Outcome save_drift(StateStore& store, const DriftRecord& record);

// What this plan found at `now`. Back in sync is forgotten; what this plan could not tell stays.
// `whole`: the plan is of the whole profile, and what it does not name is no longer a setting.
void note_drift(DriftRecord& record, const Plan& plan, DriftRecord::Time now, bool whole);

// Fills Step::drift, of a setting without a subject with since when it has none.
void tell_drift(Plan& plan, const DriftRecord& record);

}  // namespace tuner
