// Profile entries that match nothing on this machine. Each becomes a step with status no_subject
// and is never silently dropped. All families use these functions.
#pragma once

#include "model/facts.h"
#include "model/plan.h"
#include "model/profile.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A desired setting whose step is no_subject. `words` are the profile's ("driver mlx5_core",
// "node 3") and replace the subject's name. `setting` names one of an entry's settings; empty if
// the entry has only one.
DesiredSetting without_subject(std::string_view knob, std::string_view words,
                               std::string_view setting, const Setting& asked, std::string why);

// The same for a NIC that exists but has nothing to set: no interrupt, no queue.
DesiredSetting without_subject_on(std::string_view knob, const Nic& nic, const Setting& asked,
                                  std::string why);

// Why a selector found no NIC: what it selects, and which NICs exist.
std::string no_nic(const NicSelector& selector, const Facts& facts);

// Handles an entry that selects no NIC: adds a setting without a subject for each of `settings`,
// or, if the entry has if_present, only a note.
void add_unmatched(std::string_view knob, const NicEntry& entry,
                   std::span<const NamedSetting> settings, const Facts& facts,
                   std::vector<DesiredSetting>& desired_settings, std::vector<std::string>& notes);

}  // namespace tuner
