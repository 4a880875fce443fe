#include "base/text.h"
#include "model/utf8.h"
#include "profile/yaml_tree.h"

#include <fmt/format.h>

namespace tuner {
namespace {

YamlPosition place_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto newlines = std::count(before.begin(), before.end(), '\n');
  return {.line = static_cast<int>(newlines) + 1,
          .column = static_cast<int>(count_code_points(before.substr(line_start))) + 1};
}

// A lone carriage return is a line break to YAML and none to lines(): positions would be wrong, and
// a terminal shows another text than is read.
bool is_allowed_control(std::string_view text) {
  return text.front() == '\n' || text.front() == '\t' || text.starts_with("\r\n");
}

// The byte offset of the first control character that is not allowed; npos: none.
std::size_t find_control(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint next = decode(text.substr(at));
    if (is_control(next.value) && !is_allowed_control(text.substr(at))) return at;
    at += next.bytes;
  }
  return std::string_view::npos;
}

std::optional<YamlProblem> check_encoding(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    return YamlProblem{"bad-encoding",
                       {1, 1},
                       "the file starts with a byte-order mark",
                       "save it as UTF-8 without a byte-order mark"};
  }
  const std::size_t broken = find_invalid_utf8(text);
  if (broken == std::string_view::npos) return std::nullopt;
  return YamlProblem{
      "bad-encoding", place_at(text, broken),
      fmt::format("byte 0x{:02x} is not UTF-8 here", static_cast<unsigned char>(text[broken])),
      "save the file as UTF-8"};
}

std::optional<YamlProblem> check_controls(std::string_view text) {
  const std::size_t at = find_control(text);
  if (at == std::string_view::npos) return std::nullopt;
  const auto value = static_cast<unsigned>(decode(text.substr(at)).value);
  return YamlProblem{"control-character", place_at(text, at),
                     fmt::format("control character U+{:04X}", value), "remove it"};
}

// Reports a line with content whose indentation contains a tab.
std::optional<YamlProblem> check_indent(std::string_view line, int number) {
  const std::size_t content = line.find_first_not_of(" \t\r");
  const std::size_t tab = line.find('\t');
  if (content == std::string_view::npos || tab > content) return std::nullopt;
  return YamlProblem{"tab-indent",
                     {number, static_cast<int>(tab) + 1},
                     "the line is indented with a tab",
                     "indent with blanks"};
}

// %TAG changes the meaning of tags and %YAML that of scalars. A profile needs neither.
std::optional<YamlProblem> check_directive(std::string_view line, int number) {
  if (!line.starts_with('%')) return std::nullopt;
  return YamlProblem{
      "directive",
      {number, 1},
      fmt::format("{} is a YAML directive", in_quotes(split_whitespace(line).front())),
      "remove the line"};
}

}  // namespace

std::vector<YamlProblem> check_yaml_text(std::string_view text) {
  // Encoding first: the checks behind it decode the text. One problem is enough, as a wrong
  // encoding causes hundreds.
  if (const auto problem = check_encoding(text)) return {*problem};
  if (const auto problem = check_controls(text)) return {*problem};
  std::vector<YamlProblem> problems;
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (auto problem = check_indent(line, number)) problems.push_back(std::move(*problem));
    if (auto problem = check_directive(line, number)) problems.push_back(std::move(*problem));
  }
  return problems;
}

}  // namespace tuner
