#include "profile/reader.h"

#include "base/text.h"
#include "model/utf8.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuner::reading {
namespace {

std::string_view kind_name(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
    case YamlNode::Kind::Empty: return "nothing";
    case YamlNode::Kind::Scalar: return "a single value";
    case YamlNode::Kind::Sequence: return "a list";
    case YamlNode::Kind::Mapping: return "a mapping";
  }
  return "nothing";
}

// The spellings of null that are rejected. The tree has them as text.
//
// Which spellings are null differs between YAML 1.1, 1.2 and their readers. null removes an
// inherited setting, so only one spelling may do it.
bool is_other_null(const YamlNode& node) {
  return node.kind == YamlNode::Kind::Scalar && node.plain &&
         (node.text == "~" || node.text == "Null" || node.text == "NULL");
}

// A key in quotes. A description of a value without a key ("an entry of nics") is not quoted.
std::string name_of(const YamlNode& key) {
  return key.kind == YamlNode::Kind::Scalar ? in_quotes(key.text) : key.text;
}

std::vector<std::string_view> names_of(const Keys& keys) {
  std::vector<std::string_view> names;
  for (const Key* const key : keys) names.push_back(key->name);
  return names;
}

std::string suggestion(std::string_view text, std::span<const std::string_view> known) {
  if (const auto near = nearest(text, known)) return fmt::format("did you mean {}?", *near);
  return fmt::format("one of: {}", fmt::join(known, ", "));
}

}  // namespace

Origin Reader::origin(YamlPosition place) const {
  return {.file = file_, .line = place.line, .column = place.column};
}

void Reader::report(Code code, YamlPosition place, std::string message, std::string hint) {
  diagnostics_.push_back({.severity = code.row().severity,
                          .code = std::string(code.row().code),
                          .message = std::move(message),
                          .hint = std::move(hint),
                          .origin = origin(place)});
}

void Reader::report(const ScalarFault& fault, YamlPosition place) {
  report(fault.code, place, fault.message, fault.hint);
}

bool Reader::is_removal(const Key& key, const YamlEntry& entry) const {
  return key.removable && entry.value.kind == YamlNode::Kind::Null;
}

bool Reader::is_present(const YamlEntry& entry) {
  if (is_other_null(entry.value)) {
    report("no-value", entry.value.place, in_quotes(entry.value.text) + " is not accepted as null",
           "to remove an inherited setting write null");
    return false;
  }
  if (entry.value.kind == YamlNode::Kind::Null) {
    report("no-value", entry.value.place, "null removes nothing here",
           "null is for sysctls, modules, irqbalance and settings of services");
    return false;
  }
  if (entry.value.kind == YamlNode::Kind::Empty) {
    report("no-value", entry.value.place, name_of(entry.key) + " has no value");
    return false;
  }
  return true;
}

bool Reader::is_kind(const YamlEntry& entry, YamlNode::Kind kind, std::string_view wanted) {
  if (!is_present(entry)) return false;
  if (entry.value.kind == kind) return true;
  report("wrong-kind", entry.value.place,
         fmt::format("{} takes {}, not {}", name_of(entry.key), wanted, kind_name(entry.value)));
  return false;
}

bool Reader::is_mapping(const YamlEntry& entry) {
  return is_kind(entry, YamlNode::Kind::Mapping, "a mapping (keys with values)");
}

bool Reader::is_sequence(const YamlEntry& entry) {
  return is_kind(entry, YamlNode::Kind::Sequence, "a list");
}

bool Reader::is_scalar(const YamlEntry& entry) {
  return is_kind(entry, YamlNode::Kind::Scalar, "a single value");
}

void Reader::unknown_key(const YamlNode& key, const Keys& known) {
  report("unknown-key", key.place, fmt::format("there is no key {} here", in_quotes(key.text)),
         suggestion(key.text, names_of(known)));
}

void Reader::missing_keys(const YamlNode& mapping, const Keys& known) {
  for (const Key* const key : known) {
    const bool found = std::ranges::any_of(
        mapping.entries, [&](const YamlEntry& entry) { return entry.key.text == key->name; });
    if (key->required && !found)
      report("missing-key", mapping.place,
             fmt::format("the key {} is missing", in_quotes(key->name)), std::string(key->doc));
  }
}

std::optional<std::string> Reader::text(const YamlEntry& entry) {
  if (!is_scalar(entry)) return std::nullopt;
  auto read = read_text(entry.value);
  if (read) return std::move(*read);
  report(read.error(), entry.value.place);
  return std::nullopt;
}

std::optional<bool> Reader::boolean(const YamlEntry& entry) {
  if (!is_scalar(entry)) return std::nullopt;
  const auto read = read_boolean(entry.value);
  if (read) return *read;
  report(read.error(), entry.value.place);
  return std::nullopt;
}

std::optional<std::size_t> Reader::word(const Key& key, const YamlEntry& entry) {
  if (!is_scalar(entry)) return std::nullopt;
  return closed_word(key, entry.value);
}

std::optional<std::size_t> Reader::closed_word(const Key& key, const YamlNode& node) {
  const auto found = std::ranges::find(key.words, node.text);
  if (found != key.words.end()) return static_cast<std::size_t>(found - key.words.begin());
  report("bad-value", node.place, fmt::format("{} cannot be {}", key.name, in_quotes(node.text)),
         suggestion(node.text, key.words));
  return std::nullopt;
}

// The items of a list, or a single value as a list of one.
std::vector<YamlEntry> Reader::one_or_many(const YamlEntry& entry) {
  if (entry.value.kind != YamlNode::Kind::Sequence) {
    if (is_scalar(entry)) return {entry};
    return {};
  }
  if (entry.value.items.empty())
    report("bad-value", entry.value.place, name_of(entry.key) + " has an empty list");
  // Each item is checked like a single value, with the key's name in its messages.
  std::vector<YamlEntry> entries;
  for (const YamlNode& item : entry.value.items) {
    YamlEntry one{.key = entry.key, .value = item};
    if (is_scalar(one)) entries.push_back(std::move(one));
  }
  return entries;
}

std::vector<std::size_t> Reader::words(const Key& key, const YamlEntry& entry) {
  std::vector<std::size_t> indices;
  for (const YamlEntry& one : one_or_many(entry)) {
    if (const auto index = closed_word(key, one.value)) indices.push_back(*index);
  }
  return indices;
}

std::vector<std::string> Reader::texts(const YamlEntry& entry) {
  std::vector<std::string> texts;
  for (const YamlEntry& one : one_or_many(entry)) {
    if (const auto word = read_word(one.value)) {
      texts.push_back(*word);
    } else {
      report(word.error(), one.value.place);
    }
  }
  return texts;
}

std::vector<int> Reader::integers(const YamlEntry& entry) {
  constexpr std::int64_t kMostNodes = 1024;  // MAX_NUMNODES (x86, arm64: NODES_SHIFT at most 10)
  std::vector<int> integers;
  for (const YamlEntry& one : one_or_many(entry)) {
    const auto integer = read_integer(one.value);
    if (!integer) {
      report(integer.error(), one.value.place);
    } else if (*integer < 0 || *integer >= kMostNodes) {
      report("out-of-range", one.value.place, fmt::format("there is no node {}", *integer),
             fmt::format("nodes are 0 to {}", kMostNodes - 1));
    } else {
      integers.push_back(static_cast<int>(*integer));
    }
  }
  return integers;
}

}  // namespace tuner::reading
