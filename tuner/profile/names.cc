// Checks the names of sysctls and NIC features, and the values of known sysctls.
#include "base/text.h"
#include "model/feature_names.h"
#include "model/sysctl/known_sysctls.h"
#include "model/sysctl/sysctl_catalog.h"
#include "model/sysctl/sysctl_harm.h"
#include "model/sysctl/sysctl_name.h"
#include "model/utf8.h"
#include "profile/sections.h"
#include "profile/yaml_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner::reading {
namespace {

std::string did_you_mean(std::string_view name, std::span<const std::string_view> known) {
  if (const auto near = nearest(name, known)) return fmt::format("did you mean {}?", *near);
  return "it is set as written";
}

// The hint for an unknown name. If the nearest name is never suggested or is harmful with this
// value, there is no suggestion; the second nearest name is not tried.
std::string sysctl_hint(std::string_view name, const Setting* setting) {
  std::vector<std::string_view> names;
  for (const SysctlRow& row : sysctl_catalog()) names.push_back(row.name);
  const auto near = nearest(name, names);
  const bool harms = near && (is_never_suggested(*near) ||
                              (setting != nullptr && !harms_of(*near, setting->goal).empty()));
  return near && !harms ? fmt::format("did you mean {}?", *near) : "it is set as written";
}

// The position of the goal: the value behind the name, or the goal's value in the setting form.
YamlPosition goal_place(const YamlEntry& entry) {
  for (const YamlEntry& part : entry.value.entries) {
    if (part.key.text == "value" || part.key.text.starts_with("at_")) return part.value.place;
  }
  return entry.value.place;
}

std::string wanted_type(const SysctlRow& row) {
  switch (row.type) {
    case SysctlRow::Type::Word: return "a word";
    case SysctlRow::Type::Number: return "one number";
    case SysctlRow::Type::Numbers: return fmt::format("a list of {} numbers", row.count);
  }
  return "one number";
}

bool has_type(const SysctlRow& row, const Value& value) {
  switch (row.type) {
    case SysctlRow::Type::Word: return std::holds_alternative<std::string>(value);
    case SysctlRow::Type::Number: return std::holds_alternative<std::int64_t>(value);
    case SysctlRow::Type::Numbers: {
      const auto* const integers = std::get_if<Integers>(&value);
      return integers != nullptr && integers->size() == static_cast<std::size_t>(row.count);
    }
  }
  return false;
}

Integers numbers_of(const Value& value) {
  if (const auto* one = std::get_if<std::int64_t>(&value)) return {*one};
  if (const auto* many = std::get_if<Integers>(&value)) return *many;
  return {};
}

// Whether the value is possible for the kernel. false: reported.
bool check_value(Reader& reader, YamlPosition place, const SysctlRow& row, const Value& value) {
  if (!has_type(row, value)) {
    reader.report("sysctl-type", place, fmt::format("{} takes {}", row.name, wanted_type(row)),
                  std::string(row.doc));
    return false;
  }
  const Integers numbers = numbers_of(value);
  // min, start and max of a buffer, or first and last port: descending numbers have no meaning in
  // any of these files.
  bool possible = std::ranges::is_sorted(numbers);
  if (!possible)
    reader.report("out-of-range", place,
                  fmt::format("the numbers of {} must not descend", row.name),
                  std::string(row.doc));
  for (const std::int64_t number : numbers) {
    if (number >= row.min && number <= row.max) continue;
    possible = false;
    reader.report("out-of-range", place,
                  fmt::format("{} takes {} to {}, not {}", row.name, row.min, row.max, number),
                  std::string(row.doc));
  }
  return possible;
}

// Only a warning, because an out-of-tree module may provide the word.
void check_word(Reader& reader, YamlPosition place, const SysctlRow& row, const std::string& word) {
  if (row.words.empty() || std::ranges::binary_search(row.words, word)) return;
  reader.report("unknown-word", place,
                fmt::format("{} is in no Linux known to this tool ({}: {})", in_quotes(word),
                            row.name, row.doc),
                did_you_mean(word, row.words));
}

void check_rounding(Reader& reader, YamlPosition place, const SysctlRow& row, const Goal& goal) {
  const Goal made = reachable(row, goal);
  if (made == goal) return;
  reader.report("rounded-value", place,
                fmt::format("{}: the kernel rounds {} to {}, a power of two", row.name,
                            to_text(goal.value), to_text(made.value)),
                fmt::format("write {}", to_text(made.value)));
}

// Whether the value is possible. Also reports unknown words and rounding.
bool check_known(Reader& reader, YamlPosition place, const SysctlRow& row, const Goal& goal) {
  if (!check_value(reader, place, row, goal.value)) return false;
  if (const auto* word = std::get_if<std::string>(&goal.value))
    check_word(reader, place, row, *word);
  check_rounding(reader, place, row, goal);
  return true;
}

void report_harm(Reader& reader, YamlPosition place, Code code, std::string_view what,
                 std::span<const SysctlHarm* const> harms) {
  std::vector<std::string> reasons;
  for (const SysctlHarm* const harm : harms) reasons.emplace_back(harm->why);
  reader.report(code, place, fmt::format("{}: {}", what, join(reasons, "; ")),
                std::string(harms.front()->instead));
}

std::string setting_text(std::string_view name, const Goal& goal, const SysctlHarm& harm) {
  if (harm.always()) return std::string(name);
  const std::string_view is = goal.op == Goal::Op::Exactly ? "= " : "";
  return fmt::format("{} {}{}", name, is, to_text(goal));
}

Code code_of(SysctlHarm::Class harm) {
  switch (harm) {
    case SysctlHarm::Class::Harmful: return "harmful-sysctl";
    case SysctlHarm::Class::StopsNetwork: return "stops-network";
    case SysctlHarm::Class::Loosens: return "loosens-protection";
    case SysctlHarm::Class::Refused: return "refused-sysctl";
  }
  return "refused-sysctl";
}

// Reports one diagnostic per setting, with the worst class of harm. Returns whether the setting is
// permitted.
//
// One worst class, because "refused" and "harmful" for one line contradict each other.
bool check_harm(Reader& reader, YamlPosition place, std::string_view name, const Goal& goal) {
  auto harms = harms_of(name, goal);
  if (harms.empty()) return true;
  const auto worst = std::ranges::max(harms, {}, &SysctlHarm::harm)->harm;
  std::erase_if(harms, [&](const SysctlHarm* row) { return row->harm != worst; });
  report_harm(reader, place, code_of(worst), setting_text(name, goal, *harms.front()), harms);
  return worst == SysctlHarm::Class::Harmful;
}

// An unlisted sysctl needs both allow_unlisted and why.
void check_listed(Reader& reader, YamlPosition place, std::string_view name,
                  const Setting& setting) {
  if (is_listed(name) || (setting.allow_unlisted && !setting.why.empty())) return;
  const std::string_view what = setting.allow_unlisted
                                    ? "allow_unlisted needs a why"
                                    : "it is outside net., vm. and the known sysctls";
  reader.report(
      "unlisted-sysctl", place, fmt::format("{}: {}", name, what),
      fmt::format("if intended, write {{ {}, why: \"the reason\", allow_unlisted: true }}",
                  yaml_of(setting.goal)));
}

// Checks a name without a row in the catalogue. If current Linux has it, nothing is reported.
void check_other(Reader& reader, YamlPosition place, std::string_view name,
                 const Setting* setting) {
  const auto known = known_sysctl(name);
  if (!known) {
    return reader.report("unknown-sysctl", place,
                         fmt::format("{} is not a sysctl known to this tool", name),
                         sysctl_hint(name, setting));
  }
  if (known->until.empty()) return;
  reader.report("gone-sysctl", place, fmt::format("{} {}", name, to_text(*known)),
                "remove it, unless the profile is for such a kernel");
}

}  // namespace

std::optional<std::string> check_sysctl(Reader& reader, const YamlEntry& entry,
                                        const Setting* setting) {
  auto name = canonical_sysctl_name(entry.key.text);
  if (!name) {
    reader.report("bad-sysctl-name", entry.key.place, name.error().text, name.error().hint);
    return std::nullopt;
  }
  // In this order: the name, the value's type and range, its harm, and whether it is listed. Each
  // check relies on the ones before: the range of a wrong type means nothing.
  const SysctlRow* const row = find_sysctl(*name);
  if (row == nullptr && !has_harm(*name)) check_other(reader, entry.key.place, *name, setting);
  if (setting == nullptr) return *name;
  if (row != nullptr && !check_known(reader, goal_place(entry), *row, setting->goal)) return *name;
  if (check_harm(reader, entry.key.place, *name, setting->goal))
    check_listed(reader, entry.key.place, *name, *setting);
  return *name;
}

std::optional<std::string> check_feature(Reader& reader, const YamlEntry& entry, const Setting*) {
  const std::string& name = entry.key.text;
  if (name == "tls-hw-record") {
    reader.report(
        "tls-hw-record", entry.key.place,
        "tls-hw-record moves the whole TCP connection into the NIC, past the kernel's stack and "
        "firewall; the kernel's documentation calls it unfit for production, and Linux 7.2 "
        "removed it with its only driver",
        "for TLS in the NIC use tls-hw-tx-offload");
    return std::nullopt;
  }
  const auto* const alias = std::ranges::find(kFeatureAliases, name, &FeatureAlias::alias);
  // ethtool's "tx" switches several features of the kernel.
  if (alias != kFeatureAliases.end()) {
    reader.report("feature-alias", entry.key.place,
                  in_quotes(name) + " is a name of ethtool, not of the kernel",
                  fmt::format("write {}", alias->kernel));
    return std::nullopt;
  }
  if (!std::ranges::binary_search(kFeatureNames, name))
    reader.report("unknown-feature", entry.key.place,
                  in_quotes(name) + " is not a feature known to this tool",
                  did_you_mean(name, kFeatureNames));
  return name;
}

}  // namespace tuner::reading
