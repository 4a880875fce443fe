#include "profile/yaml_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuner {

std::string yaml_quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string yaml_key(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto usual = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '/';
  };
  const bool plain = !name.empty() && letter(name.front()) && std::ranges::all_of(name, usual);
  return plain ? std::string(name) : yaml_quoted(name);
}

std::string yaml_of(const Goal& goal) {
  const std::string_view key = goal.op == Goal::Op::Exactly ? "value" : op_name(goal.op);
  if (const auto* flag = std::get_if<bool>(&goal.value)) return fmt::format("{}: {}", key, *flag);
  if (const auto* list = std::get_if<Integers>(&goal.value))
    return fmt::format("{}: [{}]", key, fmt::join(*list, ", "));
  if (const auto* word = std::get_if<std::string>(&goal.value))
    return fmt::format("{}: {}", key, yaml_quoted(*word));
  return fmt::format("{}: {}", key, to_text(goal.value));
}

}  // namespace tuner
