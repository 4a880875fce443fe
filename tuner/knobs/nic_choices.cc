#include "knobs/nic_choices.h"

#include "knobs/no_subject.h"
#include "knobs/select_nics.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

std::string overridden(const NicWord& word, const Nic& nic, const Setting& first,
                       const Setting& last) {
  return fmt::format("{} {}: {} ({}) instead of {} ({}): the last entry counts", word.knob,
                     nic.name, to_text(last.goal), to_text(last.origin), to_text(first.goal),
                     to_text(first.origin));
}

}  // namespace

bool nic_word_wanted(const NicWord& word, const Profile& profile) {
  return std::ranges::any_of(
      profile.nics, [&](const NicEntry& entry) { return (entry.*word.setting).has_value(); });
}

NicChoices choose_for_nics(const NicWord& word, const Profile& profile, const Facts& facts,
                           std::vector<DesiredSetting>& desired_settings,
                           std::vector<std::string>& notes) {
  NicChoices choices;
  for (const NicEntry& entry : profile.nics) {
    const auto& setting = entry.*word.setting;
    if (!setting) continue;
    const auto selected = select_nics(entry.select, facts);
    if (selected.empty()) {
      const NamedSetting one{.name = {}, .setting = *setting};
      add_unmatched(word.knob, entry, {&one, 1}, facts, desired_settings, notes);
    }
    for (const SelectedNic& one : selected) {
      // Entries are in the order of the profile, ancestors first: a local profile's entry for one
      // NIC overrides the shipped entry for all.
      const auto [known, is_new] = choices.try_emplace(one.nic, *setting);
      if (is_new) continue;
      if (known->second.goal != setting->goal)
        notes.push_back(overridden(word, *one.nic, known->second, *setting));
      known->second = *setting;
    }
  }
  return choices;
}

std::vector<const Nic*> in_fact_order(const NicChoices& choices, const Facts& facts) {
  std::vector<const Nic*> nics;
  for (const Nic& nic : facts.nics) {
    if (choices.contains(&nic)) nics.push_back(&nic);
  }
  return nics;
}

}  // namespace tuner
