#include "model/owner.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace tuner {
namespace {

constexpr std::string_view kSysctl = "sysctl";
constexpr std::string_view kAny = "*";
constexpr std::string_view kPatternSigns = "*?";

std::string setting_place(std::string_view knob, std::string_view nic, std::string_view setting) {
  return fmt::format("{}\n{}\n{}", knob, nic, setting);
}

// A subject of any family whose place is below /proc/sys is also a sysctl.
bool is_of(std::string_view knob, const Subject& subject) {
  return knob == subject.knob || (knob == kSysctl && subject.place.starts_with("/proc/sys/"));
}

bool is_about(const ExternalSetting& external, const Subject& subject) {
  if (external.knob.empty()) return glob_match(external.setting, subject.place);
  if (!is_of(external.knob, subject)) return false;
  std::string_view setting = subject.name;
  // Settings of a NIC are compared without its name, which the external setting has in a field of
  // its own.
  if (!subject.device.empty()) {  // "eth0/rx-usecs"
    const auto slash = setting.find('/');
    if (!external.nic.empty() && external.nic != setting.substr(0, slash)) return false;
    setting.remove_prefix(slash + 1);
  }
  return glob_match(external.setting, setting) && std::ranges::count(external.except, setting) == 0;
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
  for (const std::string_view word : split_whitespace(text)) {
    const auto number = parse_integer(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

// nic_coalesce's switches are numbers in ethtool netlink and words in configuration files.
bool is_number(std::string_view text, std::int64_t observed) {
  if (const auto number = parse_integer(text)) return *number == observed;
  const auto on = switch_of(text);
  return on && (*on ? 1 : 0) == observed;
}

}  // namespace

std::vector<const ExternalSetting*> external_about(const Subject& subject, const Facts& facts) {
  std::vector<const ExternalSetting*> all;
  for (const ExternalSetting& external : facts.external_settings) {
    if (is_about(external, subject)) all.push_back(&external);
  }
  return all;
}

// Every pattern is indexed under the setting "*".
Owners::Owners(const Facts& facts) : facts_(facts) {
  for (std::size_t i = 0; i < facts.external_settings.size(); ++i) {
    const ExternalSetting& external = facts.external_settings[i];
    const bool pattern = external.setting.find_first_of(kPatternSigns) != std::string::npos;
    if (external.knob.empty()) {
      (pattern ? patterns_ : paths_[external.setting]).push_back(i);
      continue;
    }
    const std::string_view setting = pattern ? kAny : std::string_view(external.setting);
    named_[setting_place(external.knob, external.nic, setting)].push_back(i);
    any_nic_[setting_place(external.knob, kAny, setting)].push_back(i);
  }
}

Owners::Owners(const Facts& facts, const Profile& profile) : Owners(facts) {
  without_irqbalance_ = bans_irqbalance(profile);
}

// The index only narrows the candidates; is_about() decides. The set keeps the order of the facts.
std::vector<const ExternalSetting*> Owners::about(const Subject& subject) const {
  std::set<std::size_t> candidates(patterns_.begin(), patterns_.end());
  const auto add = [&](const auto& index, const std::string& word) {
    const auto found = index.find(word);
    if (found != index.end()) candidates.insert(found->second.begin(), found->second.end());
  };
  add(paths_, subject.place);
  const std::string_view name = subject.name;
  const std::size_t slash = name.find('/');
  const bool of_nic = !subject.device.empty();
  const std::string_view setting = of_nic ? name.substr(slash + 1) : name;
  // Also as a sysctl: the flow table of family rps may be set by a sysctl.d file.
  for (const std::string_view knob : {std::string_view(subject.knob), kSysctl}) {
    // Exact names and patterns, for this NIC and for every NIC: at most four look-ups a family
    // instead of a walk over all external settings.
    for (const std::string_view word : {setting, kAny}) {
      if (!of_nic) add(any_nic_, setting_place(knob, kAny, word));
      if (of_nic) add(named_, setting_place(knob, "", word));
      if (of_nic) add(named_, setting_place(knob, name.substr(0, slash), word));
    }
  }
  std::vector<const ExternalSetting*> all;
  for (const std::size_t place : candidates) {
    const ExternalSetting& external = facts_.external_settings[place];
    if (without_irqbalance_ && external.who == "irqbalance") continue;
    if (is_about(external, subject)) all.push_back(&external);
  }
  return all;
}

std::string Owners::of(const Subject& subject) const {
  std::vector<std::string> owners;
  for (const ExternalSetting* external : about(subject))
    owners.push_back(fmt::format("{} ({})", external->who, external->where));
  return join(owners, " and ");
}

// A file was once named as the cause of drift whatever value it sets. Now its value is read as the
// setting's own type and compared.
bool explains(const ExternalSetting& external, const Value& observed) {
  const std::string_view text = trim(external.value);
  if (text.empty()) return true;
  if (const auto* on = std::get_if<bool>(&observed)) return switch_of(text) == *on;
  if (const auto* number = std::get_if<std::int64_t>(&observed)) return is_number(text, *number);
  if (const auto* numbers = std::get_if<Integers>(&observed)) return integers_of(text) == *numbers;
  if (const auto* word = std::get_if<std::string>(&observed)) return *word == text;
  return false;
}

std::string owner_of(const Subject& subject, const Facts& facts, const Profile& profile) {
  return Owners(facts, profile).of(subject);
}

}  // namespace tuner
