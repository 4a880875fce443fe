#include "model/owner.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// A sysctl is one in whatever family.
bool is_of(std::string_view knob, const Subject& subject) {
  return knob == subject.knob || (knob == "sysctl" && subject.place.starts_with("/proc/sys/"));
}

bool is_about(const Claim& claim, const Subject& subject) {
  if (claim.knob.empty()) return glob_match(claim.setting, subject.place);
  if (!is_of(claim.knob, subject)) return false;
  std::string_view setting = subject.name;
  if (!subject.device.empty()) {  // "eth0/rx-usecs"
    const auto slash = setting.find('/');
    if (!claim.nic.empty() && claim.nic != setting.substr(0, slash)) return false;
    setting.remove_prefix(slash + 1);
  }
  return glob_match(claim.setting, setting) && std::ranges::count(claim.except, setting) == 0;
}

bool bans_irqbalance(const Profile& profile) {
  return profile.irqbalance && profile.irqbalance->goal.value == Value(std::string("ban"));
}

}  // namespace

std::string owner_of(const Subject& subject, const Facts& facts, const Profile& profile) {
  std::vector<std::string> owners;
  for (const Claim& claim : facts.claims) {
    if (claim.who == "irqbalance" && bans_irqbalance(profile)) continue;
    if (is_about(claim, subject)) owners.push_back(fmt::format("{} ({})", claim.who, claim.where));
  }
  return join(owners, " and ");
}

}  // namespace tuner
