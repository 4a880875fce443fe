#include "model/owner.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

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

std::optional<bool> switch_of(std::string_view text) {
  constexpr std::array<std::string_view, 5> kOn{"on", "yes", "true", "1", "y"};
  constexpr std::array<std::string_view, 5> kOff{"off", "no", "false", "0", "n"};
  if (std::ranges::count(kOn, text) > 0) return true;
  if (std::ranges::count(kOff, text) > 0) return false;
  return std::nullopt;
}

std::optional<Integers> integers_of(std::string_view text) {
  Integers numbers;
  for (const std::string_view word : split_blank(text)) {
    const auto number = parse_integer(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

// nic_coalesce's switches are numbers to ethtool and words to those who configure them.
bool is_number(std::string_view text, std::int64_t observed) {
  if (const auto number = parse_integer(text)) return *number == observed;
  const auto on = switch_of(text);
  return on && (*on ? 1 : 0) == observed;
}

}  // namespace

std::vector<const Claim*> claims_about(const Subject& subject, const Facts& facts) {
  std::vector<const Claim*> all;
  for (const Claim& claim : facts.claims) {
    if (is_about(claim, subject)) all.push_back(&claim);
  }
  return all;
}

bool explains(const Claim& claim, const Value& observed) {
  const std::string_view text = trim(claim.value);
  if (text.empty()) return true;
  if (const auto* on = std::get_if<bool>(&observed)) return switch_of(text) == *on;
  if (const auto* number = std::get_if<std::int64_t>(&observed)) return is_number(text, *number);
  if (const auto* numbers = std::get_if<Integers>(&observed)) return integers_of(text) == *numbers;
  if (const auto* word = std::get_if<std::string>(&observed)) return *word == text;
  return false;
}

std::string owner_of(const Subject& subject, const Facts& facts, const Profile& profile) {
  std::vector<std::string> owners;
  for (const Claim& claim : facts.claims) {
    if (claim.who == "irqbalance" && bans_irqbalance(profile)) continue;
    if (is_about(claim, subject)) owners.push_back(fmt::format("{} ({})", claim.who, claim.where));
  }
  return join(owners, " and ");
}

}  // namespace tuner
