// What a profile wants and nothing here can have: a step of its own, never a silence. The one rule
// of every family for words that select nothing.
#pragma once

#include "model/facts.h"
#include "model/plan.h"
#include "model/profile.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A wish whose step is no_subject. `words` are the profile's ("driver mlx5_core", "node 3"), and
// stand for the subject; `setting` names the one of several of an entry, or is empty.
DesiredSetting without_subject(std::string_view knob, std::string_view words,
                               std::string_view setting, const Setting& asked, std::string why);

// The same on a NIC that is there and has nothing to set: no interrupt, no queue.
DesiredSetting without_subject_on(std::string_view knob, const Nic& nic, const Setting& asked,
                                  std::string why);

// Why an entry's selector found no NIC: what it looked for, and what there is.
std::string no_nic(const NicSelector& selector, const Facts& facts);

// An entry that selects no NIC. With if_present that is as wished, and only a note.
void add_unmatched(std::string_view knob, const NicEntry& entry,
                   std::span<const NamedSetting> settings, const Facts& facts,
                   std::vector<DesiredSetting>& desired_settings, std::vector<std::string>& notes);

}  // namespace tuner
