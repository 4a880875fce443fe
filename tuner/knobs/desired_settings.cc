#include "knobs/desired_settings.h"

#include <fmt/format.h>

#include <unordered_map>

namespace tuner {
namespace {

std::string overridden(const DesiredSetting& first, const DesiredSetting& last) {
  return fmt::format("{} {}: {} ({}) instead of {} ({}): the last entry counts", last.subject.knob,
                     last.subject.name, to_text(last.setting.goal), to_text(last.setting.origin),
                     to_text(first.setting.goal), to_text(first.setting.origin));
}

}  // namespace

void DesiredSettings::add(DesiredSetting desired) {
  const auto [known, is_new] = index_.try_emplace(desired.subject.key, desired_.size());
  if (is_new) {
    desired_.push_back(std::move(desired));
    return;
  }
  DesiredSetting& first = desired_[known->second];
  if (first.setting.goal != desired.setting.goal) notes_.push_back(overridden(first, desired));
  // In the place of the first one: the order of the profile is the order of the writes.
  first = std::move(desired);
}

// One pass and an index by name: a search through all settings for each NIC took most of the 21 s
// of a plan for 20,000 NICs.
std::vector<DesiredSetting> grouped_by_nic(std::vector<DesiredSetting> desired_settings,
                                           const Facts& facts) {
  std::vector<DesiredSetting> grouped;
  for (DesiredSetting& desired : desired_settings) {
    if (desired.subject.group.empty()) grouped.push_back(std::move(desired));  // belongs to no NIC
  }
  std::unordered_map<std::string, std::vector<DesiredSetting*>> of_nic;
  for (DesiredSetting& desired : desired_settings)
    of_nic[desired.subject.group].push_back(&desired);
  for (const Nic& nic : facts.nics) {
    const auto own = of_nic.find(nic.name);
    if (own == of_nic.end()) continue;
    for (DesiredSetting* desired : own->second) grouped.push_back(std::move(*desired));
    of_nic.erase(own);  // of two interfaces with one name, the first gets the settings
  }
  return grouped;
}

}  // namespace tuner
