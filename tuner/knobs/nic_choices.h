// For families that set one word per NIC: which entry of a profile's `nics` applies to which NIC.
// Pure.
#pragma once

#include "model/facts.h"
#include "model/plan.h"
#include "model/profile.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct NicWord {
  std::string_view knob;  // for notes
  const std::optional<Setting> NicEntry::*setting;
};

bool nic_word_wanted(const NicWord& word, const Profile& profile);

using NicChoices = std::map<const Nic*, Setting>;

// The last entry that selects a NIC counts; an entry that overrides another one's word adds a note.
// An entry that selects no NIC adds a setting without a subject (knobs/no_subject.h).
NicChoices choose_for_nics(const NicWord& word, const Profile& profile, const Facts& facts,
                           std::vector<DesiredSetting>& desired_settings,
                           std::vector<std::string>& notes);

// In the order of facts: a placement must not depend on the order of the profile's entries.
std::vector<const Nic*> in_fact_order(const NicChoices& choices, const Facts& facts);

}  // namespace tuner
