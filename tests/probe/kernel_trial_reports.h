// Reports of kernel trials for tests.
#pragma once

#include "probe/kernel_trials.h"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::testing {

// What a kernel without a defect measures: the least of each range.
inline KernelTrial good_trial(const TrialKey& key) {
  KernelTrial trial{.id = std::string(key.row->id),
                    .version = key.version,
                    .cipher = key.cipher,
                    .seen = {},
                    .refused = {},
                    .because = {}};
  for (const Requirement& required : key.row->required) {
    if (!required.name.empty()) trial.seen[std::string(required.name)] = required.least;
  }
  if (key.row->bytes_on_wire > 0 && !trial.seen.contains("records"))
    trial.seen["records"] = (key.row->bytes_on_wire + 16383) / 16384;
  if (key.row->bytes_on_wire > 0)
    trial.seen["wire_bytes"] =
        key.row->bytes_on_wire +
        trial.seen["records"] * static_cast<std::int64_t>(record_overhead(key.version, key.cipher));
  return trial;
}

inline std::vector<KernelTrial> all_passed() {
  std::vector<KernelTrial> trials;
  for (const TrialKey& key : trials_to_do()) trials.push_back(good_trial(key));
  return trials;
}

// The first one of this row.
inline KernelTrial& trial_of(std::vector<KernelTrial>& trials, std::string_view id) {
  for (KernelTrial& trial : trials) {
    if (trial.id == id) return trial;
  }
  throw std::out_of_range("no such trial");
}

}  // namespace tuner::testing
