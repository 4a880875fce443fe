// What stands in front of a setting: names of sysctls and of NIC features, with what is known of
// the values behind them.
#include "base/text.h"
#include "model/feature_names.h"
#include "model/profile_sections.h"
#include "model/sysctl_catalog.h"
#include "model/sysctl_name.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner::reading {
namespace {

std::string did_you_mean(std::string_view name, std::span<const std::string_view> known) {
  if (const auto near = nearest(name, known)) return fmt::format("did you mean {}?", *near);
  return "it is set as written";
}

std::vector<std::string_view> sysctl_names() {
  std::vector<std::string_view> names;
  for (const SysctlRow& row : sysctl_catalog()) names.push_back(row.name);
  return names;
}

// Where the goal stands: behind the name, or inside the setting form.
YamlPlace goal_place(const YamlEntry& entry) {
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

void check_value(Reader& reader, YamlPlace place, const SysctlRow& row, const Value& value) {
  if (!has_type(row, value)) {
    return reader.report("sysctl-type", place,
                         fmt::format("{} takes {}", row.name, wanted_type(row)),
                         std::string(row.doc));
  }
  const Integers numbers = numbers_of(value);
  for (const std::int64_t number : numbers) {
    if (number < row.min || number > row.max)
      reader.report("out-of-range", place,
                    fmt::format("{} takes {} to {}, not {}", row.name, row.min, row.max, number),
                    std::string(row.doc));
  }
  if (!std::ranges::is_sorted(numbers))
    reader.report("out-of-range", place, fmt::format("the numbers of {} descend", row.name),
                  std::string(row.doc));
}

void check_harm(Reader& reader, const YamlEntry& entry, std::string_view name,
                const Setting& setting) {
  for (const HarmfulSysctl& row : harmful_sysctls()) {
    const bool any_value = !row.value.has_value();
    if (row.name != name || (!any_value && setting.goal.value != Value(*row.value))) continue;
    const std::string what =
        any_value ? std::string(name) : fmt::format("{} = {}", name, *row.value);
    reader.report("harmful-sysctl", entry.key.place, fmt::format("{}: {}", what, row.why),
                  "remove it");
  }
}

}  // namespace

std::optional<std::string> check_sysctl(Reader& reader, const YamlEntry& entry,
                                        const Setting* setting) {
  auto name = canonical_sysctl_name(entry.key.text);
  if (!name) {
    reader.report("bad-sysctl-name", entry.key.place, name.error().text, name.error().hint);
    return std::nullopt;
  }
  const SysctlRow* const row = find_sysctl(*name);
  if (row == nullptr)
    reader.report("unknown-sysctl", entry.key.place,
                  fmt::format("{} is not a sysctl known to this tool", *name),
                  did_you_mean(*name, sysctl_names()));
  if (setting != nullptr && row != nullptr)
    check_value(reader, goal_place(entry), *row, setting->goal.value);
  if (setting != nullptr) check_harm(reader, entry, *name, *setting);
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
