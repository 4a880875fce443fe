// Reads a setting: a scalar or list, or { value | at_least | at_most, need, why }; a sysctl's form
// can also have allow_unlisted.
#include "base/text.h"
#include "model/utf8.h"
#include "profile/format.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner::reading {

void store_value(Reader&, const Key&, const YamlEntry& entry, SettingForm& form) {
  form.goals.push_back({Goal::Op::Exactly, entry});
}

void store_at_least(Reader&, const Key&, const YamlEntry& entry, SettingForm& form) {
  form.goals.push_back({Goal::Op::AtLeast, entry});
}

void store_at_most(Reader&, const Key&, const YamlEntry& entry, SettingForm& form) {
  form.goals.push_back({Goal::Op::AtMost, entry});
}

namespace {

template <typename T>
std::optional<Value> value_or_report(Reader& reader, const Scalar<T>& scalar,
                                     const YamlNode& node) {
  if (scalar) return Value(*scalar);
  reader.report(scalar.error(), node.place);
  return std::nullopt;
}

}  // namespace

std::optional<Value> Reader::integer_list(const YamlEntry& entry) {
  Integers integers;
  for (const YamlEntry& one : one_or_many(entry)) {
    const auto integer = read_integer(one.value);
    if (integer)
      integers.push_back(*integer);
    else
      report(integer.error(), one.value.place);
  }
  const std::size_t wanted = entry.value.items.size();
  if (integers.size() != wanted || wanted == 0) return std::nullopt;  // already reported
  // One spelling only: [5] would be the same setting as 5.
  if (wanted > 1) return Value(std::move(integers));
  report("wrong-kind", entry.value.place, "a list of one number",
         fmt::format("write {}", integers.front()));
  return std::nullopt;
}

std::optional<Value> Reader::open_word(const Key& key, const YamlNode& node) {
  auto word = value_or_report(*this, read_word(node), node);
  if (word && !key.words.empty() && std::ranges::count(key.words, node.text) == 0) {
    report("unknown-word", node.place,
           fmt::format("{} is not a known {}", in_quotes(node.text), key.name),
           nearest(node.text, key.words)
               ? fmt::format("did you mean {}?", *nearest(node.text, key.words))
               : "it is set as written");
  }
  return word;
}

// A number within the key's limits, or one of its words.
std::optional<Value> Reader::bounded_integer(const Key& key, const YamlNode& node) {
  const auto read = read_integer_or_word(node);
  const bool word = read && std::holds_alternative<std::string>(*read);
  if (word && !key.words.empty()) {
    if (!closed_word(key, node)) return std::nullopt;
    return *read;
  }
  auto number = value_or_report(*this, read_integer(node), node);
  if (!number) return std::nullopt;
  const std::int64_t given = std::get<std::int64_t>(*number);
  if (given >= key.least && given <= key.most) return number;
  report("out-of-range", node.place, fmt::format("{} cannot be {}", key.name, given),
         fmt::format("it is {} to {}", key.least, key.most));
  return std::nullopt;
}

std::optional<Value> Reader::value(const Key& key, const YamlEntry& entry) {
  const bool list = entry.value.kind == YamlNode::Kind::Sequence;
  // Lists of numbers are for sysctls only.
  if (list && key.type == Type::Sysctl) return integer_list(entry);
  if (!is_scalar(entry)) return std::nullopt;
  const YamlNode& node = entry.value;
  if (key.type == Type::Boolean) return value_or_report(*this, read_boolean(node), node);
  if (key.type == Type::Sysctl) return value_or_report(*this, read_integer_or_word(node), node);
  if (key.type == Type::Integer) return bounded_integer(key, node);
  if (key.open) return open_word(key, node);
  if (const auto index = closed_word(key, node)) return Value(std::string(key.words[*index]));
  return std::nullopt;
}

std::optional<Goal> Reader::goal(const Key& key, const YamlEntry& entry, Goal::Op op) {
  auto read = value(key, entry);
  if (!read) return std::nullopt;
  const bool ordered =
      std::holds_alternative<std::int64_t>(*read) || std::holds_alternative<Integers>(*read);
  if (op == Goal::Op::Exactly || ordered) return Goal{.op = op, .value = std::move(*read)};
  report("bad-goal", entry.key.place,
         fmt::format("{} is for integers, not for {}", op_name(op), in_quotes(entry.value.text)),
         fmt::format("write value: {}", entry.value.text));
  return std::nullopt;
}

std::optional<Setting> Reader::setting(const Key& key, const YamlEntry& entry) {
  Setting setting{.origin = origin(entry.key.place)};
  if (entry.value.kind != YamlNode::Kind::Mapping) {
    auto plain = goal(key, entry, Goal::Op::Exactly);
    if (!plain) return std::nullopt;
    setting.goal = std::move(*plain);
    return setting;
  }
  SettingForm form;
  const std::size_t before = diagnostics_.size();
  if (key.type == Type::Sysctl)
    read_rows<SysctlForm>(*this, entry.value, form);
  else
    read_rows<SettingForm>(*this, entry.value, form);
  // A problem such as a misspelt at_least was reported; do not also report the missing goal.
  if (form.goals.empty() && diagnostics_.size() != before) return std::nullopt;
  std::optional<Goal> wanted;
  // Each goal is read even if there are too many, so that a faulty value in any of them is reported
  // at once.
  for (const SettingForm::Wanted& one : form.goals) wanted = goal(key, one.entry, one.op);
  if (form.goals.size() != 1) {
    report("bad-goal", entry.value.place,
           fmt::format("{} needs exactly one of value, at_least and at_most",
                       in_quotes(entry.key.text)));
    return std::nullopt;
  }
  if (!wanted) return std::nullopt;
  setting.goal = std::move(*wanted);
  setting.need = form.need;
  setting.why = std::move(form.why);
  setting.allow_unlisted = form.allow_unlisted;
  return setting;
}

}  // namespace tuner::reading
