// Code shared by the two cpufreq families, cpu_governor and cpu_epp: which policies an entry of a
// profile's `cpus` selects, and how one file of a policy is read and written.
#pragma once

#include "knobs/knob.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// One of the two files of a policy.
struct PolicyFile {
  std::string_view knob;  // "cpu_governor"
  std::string_view word;  // in keys: "governor"
  std::string_view file;  // "scaling_governor"
  const std::optional<Setting> CpuEntry::*setting;
};

bool policies_wanted(const PolicyFile& what, const Profile& profile);

// On a machine without cpufreq the result is one unsupported setting per entry: reported, never
// drift.
std::vector<DesiredSetting> expand_policies(const PolicyFile& what, const Profile& profile,
                                            const Facts& facts, std::vector<std::string>& notes);

std::vector<Outcome> write_policies(Host& host, std::span<const Change> changes);

std::optional<Subject> locate_policy(const PolicyFile& what, const Subject& recorded,
                                     const Facts& facts);

// Of the policy that the subject belongs to: the words of one of its files (errors as in
// read_choices()), and the name of its driver ("the cpufreq driver" if that cannot be read).
Result<std::vector<std::string>> choices_of_policy(const FileTree& files, const Subject& subject,
                                                   std::string_view file);
std::string driver_of_policy(const FileTree& files, const Subject& subject);

// Makes the Knob of a family from its type, which has the constant kFile, and its description.
// knobs/nic_shape.h says why this is a type.
template <typename Family>
Knob policy_knob(const KnobInfo& info,
                 Observation (*observe)(const Host& host, const Subject& subject),
                 Observation (*takes)(const Host& host, const Change& change)) {
  return {
      .info = info,
      .wanted = [](const Profile& profile) { return policies_wanted(Family::kFile, profile); },
      .expand =
          [](const Profile& profile, const Facts& facts, std::vector<std::string>& notes) {
            return expand_policies(Family::kFile, profile, facts, notes);
          },
      .observe = observe,
      .write = write_policies,
      .locate = [](const Subject& recorded,
                   const Facts& facts) { return locate_policy(Family::kFile, recorded, facts); },
      .takes = takes};
}

}  // namespace tuner
