// What check jobs have recorded, in /var/lib/ktls-tuner/drift: since when each setting has drifted,
// and which programs suffer by kernel TLS. Kept over reboots.
#pragma once

#include "host/files/state_store.h"
#include "model/plan.h"
#include "model/programs/job_scan.h"

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
  // Of the last check that reached a verdict, as of the last time that this record was saved.
  std::optional<Time> last_success;
  std::uint64_t repaired = 0;                 // settings that checks have re-applied, in total
  std::map<std::string, DriftTimes> drifted;  // by Subject::key
  std::map<std::string, DriftTimes> missing;  // settings without a subject, by Subject::key
  // The metrics file of the last check job, which tells when it ran; empty: it wrote none.
  std::string metrics = {};
  // Of the last check job, as of the last time that this record was saved; nullopt: it did not look
  // at programs.
  std::optional<ProgramScan> programs = {};
};

// The same but for when a check was made, a setting was last seen and programs were looked at.
bool equal_but_for_times(const DriftRecord& a, const DriftRecord& b);

// Missing file: an empty record. Fault::Invalid: damaged.
Result<DriftRecord> load_drift(const StateStore& store);
// For callers that will save the record. Moves a damaged file aside (kDamagedDriftPath), sets
// `lost` to the reason and returns an empty record. Any other failed read is an error, so that a
// file that may be intact is not overwritten.
Result<DriftRecord> load_or_renew_drift(StateStore& store, std::optional<Error>& lost);
Outcome save_drift(StateStore& store, const DriftRecord& record);

// Adds the findings of this plan at time `now`. Removes settings that are in sync again; keeps
// those whose state the plan could not determine. `whole`: the plan covers the whole profile, so
// settings that it does not name are removed.
void record_drift(DriftRecord& record, const Plan& plan, DriftRecord::Time now, bool whole);

// Fills Step::drift of steps that have drifted, and of steps without a subject.
void fill_drift_times(Plan& plan, const DriftRecord& record);

}  // namespace tuner
