#include "model/tuned_text.h"

#include "base/text.h"

#include <algorithm>

namespace tuner {
namespace {

std::string with_blanks(std::string_view text, std::string_view separators) {
  std::string spaced(text);
  std::ranges::replace_if(
      spaced, [&](char c) { return separators.find(c) != std::string_view::npos; }, ' ');
  return spaced;
}

}  // namespace

bool is_tuned_true(std::string_view value) {
  return value == "1" || value == "true" || value == "True";
}

std::string without_tuned_comment(std::string_view value) {
  for (std::size_t at = value.find('#'); at != std::string_view::npos;
       at = value.find('#', at + 1)) {
    // A '#' within a word is a part of it.
    if (at == 0 || value[at - 1] == ' ' || value[at - 1] == '\t')
      return std::string(trim(value.substr(0, at)));
  }
  return std::string(value);
}

std::string without_quotes(std::string_view value) {
  if (value.size() >= 2 && value.front() == value.back() &&
      (value.front() == '"' || value.front() == '\''))
    value = value.substr(1, value.size() - 2);
  return std::string(value);
}

std::vector<std::string> tuned_list(std::string_view text) {
  const std::string spaced = with_blanks(text, ",;");
  std::vector<std::string> names;
  for (const std::string_view name : split_whitespace(spaced)) names.emplace_back(name);
  return names;
}

std::vector<std::pair<std::string, std::string>> tuned_pairs(std::string_view text) {
  const std::string spaced = with_blanks(text, ":;,");
  const auto words = split_whitespace(spaced);
  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) pairs.emplace_back(words[i], words[i + 1]);
  return pairs;
}

std::string expand_tuned(std::string text, const TunedVariables& variables) {
  constexpr int kMost = 200;  // one that names itself is replaced again and again
  constexpr std::size_t kLongest = 64UL * 1024;  // a variable that names itself twice doubles
  std::size_t at = 0;
  for (int seen = 0; seen < kMost; ++seen) {
    at = text.find("${", at);
    const auto end = text.find('}', at);
    if (at == std::string::npos || end == std::string::npos) break;
    const auto known = variables.find(text.substr(at + 2, end - at - 2));
    // What is not known stays as it is, and the search goes on behind it.
    if (known == variables.end() || text.size() + known->second.size() > kLongest)
      at = end;
    else
      text.replace(at, end + 1 - at, known->second);
  }
  return text;
}

bool is_tuned_condition(std::string_view key) {
  return key == "uname_regex" || key == "cpuinfo_regex" || key == "devices_udev_regex";
}

}  // namespace tuner
