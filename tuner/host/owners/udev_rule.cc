#include "host/owners/udev_rule.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>

namespace tuner {
namespace {

constexpr std::string_view kBlanks = " \t,";

// Takes KEY{attribute}op"value" from the front. nullopt: not well-formed.
std::optional<UdevToken> take_token(std::string_view& line) {
  UdevToken token;
  const auto end = line.find_first_of("{=!+-: \t\"");
  if (end == 0 || end == std::string_view::npos) return std::nullopt;
  token.key = line.substr(0, end);
  line.remove_prefix(end);
  if (line.starts_with('{')) {
    const auto close = line.find('}');
    if (close == std::string_view::npos) return std::nullopt;
    token.attribute = line.substr(1, close - 1);
    line.remove_prefix(close + 1);
  }
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const auto quote = line.find('"');
  if (quote == std::string_view::npos) return std::nullopt;
  // e"…" has escapes of C, i"…" ignores case: neither changes what an ethtool call is.
  token.op = trim(line.substr(0, line.find_first_of(" \tei\"")));
  line.remove_prefix(quote + 1);
  while (!line.empty() && line.front() != '"') {
    if (line.starts_with("\\\"")) line.remove_prefix(1);
    token.value += line.front();
    line.remove_prefix(1);
  }
  if (line.empty()) return std::nullopt;
  line.remove_prefix(1);
  return token;
}

std::optional<UdevRule> parse_rule(std::string_view line, int number) {
  constexpr std::array<std::string_view, 6> kOperators{"==", "!=", "=", "+=", "-=", ":="};
  UdevRule rule{.number = number, .tokens = {}};
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty()) return rule;
    auto token = take_token(line);
    if (!token || std::ranges::count(kOperators, token->op) == 0) return std::nullopt;
    rule.tokens.push_back(std::move(*token));
  }
}

bool is_match(const UdevToken& token) {
  return token.op == "==" || token.op == "!=";
}

// "eth*|en*"; an empty pattern matches an empty value.
bool matches(std::string_view patterns, std::string_view value) {
  return std::ranges::any_of(split(patterns, '|'),
                             [&](std::string_view pattern) { return glob_match(pattern, value); });
}

// "15b3:101d" → "0x15b3" and "0x101d"
std::string pci_part(const Nic& nic, bool vendor) {
  const auto colon = nic.pci_ids.find(':');
  if (colon == std::string::npos) return {};
  return "0x" + (vendor ? nic.pci_ids.substr(0, colon) : nic.pci_ids.substr(colon + 1));
}

// The value that a condition compares. nullopt: only udev knows it.
std::optional<std::string> compared(const UdevToken& token, const Nic& nic,
                                    std::string_view event) {
  const std::string_view key = token.key;
  const std::string_view attribute = token.attribute;
  if (key == "ACTION") return std::string(event);
  if (key == "SUBSYSTEM") return "net";
  if (key == "KERNEL" || key == "NAME") return nic.name;
  if (key == "DRIVERS") return nic.driver;
  if (key == "ENV" && attribute == "INTERFACE") return nic.name;
  if (key == "ENV" && attribute == "ID_NET_DRIVER") return nic.driver;
  if (key == "ATTR" && attribute == "address" && !nic.permanent_address.empty())
    return nic.permanent_address;
  const bool of_device = key == "ATTRS" || (key == "ATTR" && attribute.starts_with("device/"));
  if (!of_device || nic.pci_ids.empty()) return std::nullopt;
  const std::string_view file = attribute.substr(attribute.rfind('/') + 1);
  if (file == "vendor") return pci_part(nic, true);
  if (file == "device") return pci_part(nic, false);
  return std::nullopt;
}

enum class Holds { No, Yes, Unknown };

// A condition that fails decides, even beside one that only udev knows.
Holds holds(const UdevRule& rule, const Nic& nic, std::string_view event) {
  Holds all = Holds::Yes;
  for (const UdevToken& token : rule.tokens) {
    if (!is_match(token)) continue;
    const auto value = compared(token, nic, event);
    if (!value)
      all = Holds::Unknown;
    else if (matches(token.value, *value) != (token.op == "=="))
      return Holds::No;
  }
  return all;
}

// RUN{builtin} runs no program. PROGRAM and IMPORT{program} run theirs to learn something.
bool runs_program(const UdevToken& token) {
  if (is_match(token) && token.key != "PROGRAM") return false;
  if (token.key == "RUN") return token.attribute != "builtin";
  return token.key == "PROGRAM" || (token.key == "IMPORT" && token.attribute == "program");
}

const UdevToken* find_token(const UdevRule& rule, std::string_view key) {
  const auto found = std::ranges::find(rule.tokens, key, &UdevToken::key);
  return found == rule.tokens.end() ? nullptr : &*found;
}

// The last rule with each label.
std::map<std::string_view, std::size_t> labels_of(const std::vector<UdevRule>& rules) {
  std::map<std::string_view, std::size_t> labels;
  for (std::size_t at = 0; at < rules.size(); ++at) {
    if (const UdevToken* label = find_token(rules[at], "LABEL")) labels[label->value] = at;
  }
  return labels;
}

bool stands_for(std::string_view word, std::string_view nic) {
  constexpr std::array<std::string_view, 6> kNames{
      "$name", "%k", "$kernel", "$env{INTERFACE}", "%E{INTERFACE}", "$D"};
  return word == nic || std::ranges::count(kNames, word) > 0;
}

std::string_view knob_of_option(std::string_view option) {
  struct Option {
    std::string_view letter;
    std::string_view word;
    std::string_view knob;
  };
  constexpr std::array kOptions{
      Option{"-K", "--features", "nic_features"}, Option{"-K", "--offload", "nic_features"},
      Option{"-G", "--set-ring", "nic_rings"}, Option{"-C", "--coalesce", "nic_coalesce"},
      Option{"-L", "--set-channels", "nic_channels"}};
  const auto* found = std::ranges::find_if(
      kOptions, [&](const Option& one) { return option == one.letter || option == one.word; });
  return found == kOptions.end() ? std::string_view() : found->knob;
}

// The words of one command of a shell line.
std::vector<EthtoolSetting> settings_of_call(const std::vector<std::string_view>& words,
                                             std::string_view nic) {
  std::vector<EthtoolSetting> settings;
  const auto program = std::ranges::find_if(
      words, [](std::string_view word) { return word == "ethtool" || word.ends_with("/ethtool"); });
  const auto left = words.end() - program;
  if (left < 3) return settings;
  const std::string_view knob = knob_of_option(program[1]);
  if (knob.empty() || !stands_for(program[2], nic)) return settings;
  for (auto word = program + 3; words.end() - word >= 2; word += 2)
    settings.push_back({knob, std::string(word[0]), std::string(word[1])});
  return settings;
}

}  // namespace

std::vector<UdevRule> read_udev_rules(std::string_view text) {
  std::vector<UdevRule> rules;
  std::string joined;
  int number = 0;
  int first = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (joined.empty()) first = number;
    // A comment inside of a continued line does not end it (udev-rules.c, rules_parse_file()).
    if (trim(line).starts_with('#')) continue;
    if (line.ends_with('\\')) {
      joined += line.substr(0, line.size() - 1);
      continue;
    }
    joined += line;
    auto rule = parse_rule(trim(joined), first);
    joined.clear();
    if (rule && !rule->tokens.empty()) rules.push_back(std::move(*rule));
  }
  return rules;
}

std::vector<UdevCommand> udev_commands(const std::vector<UdevRule>& rules, const Nic& nic,
                                       std::string_view event) {
  std::vector<UdevCommand> commands;
  const auto labels = labels_of(rules);
  std::string skipped_to;  // the label up to which a jump skips, or may skip
  for (std::size_t at = 0; at < rules.size(); ++at) {
    const UdevRule& rule = rules[at];
    const UdevToken* label = find_token(rule, "LABEL");
    if (!skipped_to.empty() && label != nullptr && label->value == skipped_to) skipped_to.clear();
    if (!skipped_to.empty()) continue;
    const Holds held = holds(rule, nic, event);
    if (held == Holds::No) continue;
    const UdevToken* jump = find_token(rule, "GOTO");
    // udev ignores a jump to a label that no later rule of the file has.
    const auto target = jump == nullptr ? labels.end() : labels.find(jump->value);
    if (target != labels.end() && target->second > at) skipped_to = jump->value;
    // What only may hold runs no program here; but its jump counts above, as what it passes over
    // may not run, either.
    if (held == Holds::Unknown) continue;
    for (const UdevToken& token : rule.tokens) {
      if (runs_program(token)) commands.push_back({rule.number, token.value});
    }
  }
  return commands;
}

std::vector<EthtoolSetting> ethtool_settings(std::string_view command, std::string_view nic) {
  std::vector<EthtoolSetting> settings;
  while (!command.empty()) {
    // Quotes end a command as well: sh -c 'ethtool …'.
    const auto end = std::min(command.find_first_of(";&|'\""), command.size());
    const auto words = split_whitespace(command.substr(0, end));
    for (EthtoolSetting& one : settings_of_call(words, nic)) settings.push_back(std::move(one));
    command.remove_prefix(std::min(end + 1, command.size()));
  }
  return settings;
}

}  // namespace tuner
