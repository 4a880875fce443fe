#include "model/text_sinks.h"

#include "model/json_bytes.h"
#include "model/utf8.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuner {
namespace {

// Writes replaced(rest, out) for the first character of `rest`. If that is empty, the character is
// written by append_escaped().
template <typename Replaced>
std::string escaped(std::string_view rest, const Replaced& replaced) {
  std::string out;
  out.reserve(rest.size());
  while (!rest.empty()) {
    if (const std::string_view special = replaced(rest, out); !special.empty()) {
      out += special;
      rest.remove_prefix(1);
    } else {
      rest.remove_prefix(append_escaped(out, rest));
    }
  }
  return out;
}

bool is_blank(char c) {
  return c == '\n' || c == '\t';
}

std::string_view entity(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

// Markup of Markdown anywhere in a line. '$' starts a formula on code forges.
std::string_view markdown_escape(char c) {
  switch (c) {
    case '<': return "&lt;";
    case '&': return "&amp;";
    case '\\': return "\\\\";
    case '`': return "\\`";
    case '*': return "\\*";
    case '_': return "\\_";
    case '[': return "\\[";
    case ']': return "\\]";
    case '|': return "\\|";
    case '>': return "\\>";
    case '#': return "\\#";
    case '!': return "\\!";
    case '~': return "\\~";
    case '$': return "\\$";
    default: return {};
  }
}

// At the start of a line these open a list or a rule, or make the line before a heading.
std::string_view markdown_opening(char c) {
  switch (c) {
    case '-': return "\\-";
    case '+': return "\\+";
    case '=': return "\\=";
    default: return {};
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "1." and "1)" start a numbered list.
bool is_number_so_far(std::string_view out) {
  return !out.empty() && std::ranges::all_of(out, is_digit);
}

std::string_view markdown(std::string_view rest, std::string_view out) {
  const char c = rest.front();
  if (is_blank(c)) return " ";
  if (const auto safe = markdown_escape(c); !safe.empty()) return safe;
  if (out.find_first_not_of(' ') == std::string_view::npos) {
    if (const auto safe = markdown_opening(c); !safe.empty()) return safe;
  }
  if (c == '.' && (is_number_so_far(out) || out.ends_with("www") || out.ends_with("WWW")))
    return "\\.";
  if (c == ')' && is_number_so_far(out)) return "\\)";
  // Forges turn a bare address into a link, so a device's name could lead a reader elsewhere.
  if (rest.starts_with("://")) return "\\:";
  return {};
}

}  // namespace

std::string for_html(std::string_view text) {
  return escaped(text, [](std::string_view rest, std::string_view) -> std::string_view {
    return is_blank(rest.front()) ? " " : entity(rest.front());
  });
}

// JSON stands inside <script>, where "</script>" in a string would end the element.
std::string for_script(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  // In JSON the first three occur only inside strings, where \u003c is equivalent; a carriage
  // return occurs only between tokens, where any whitespace is equivalent.
  for (const char c : with_escapes(json)) {
    if (c == '<' || c == '>' || c == '&')
      text += fmt::format("\\u{:04x}", static_cast<int>(c));
    else
      text += c == '\r' ? '\n' : c;
  }
  return text;
}

std::string for_markdown(std::string_view text) {
  return escaped(text, markdown);
}

// HTML's escapes are valid XML: XML knows these entities, and its parser turns a line end in an
// attribute into a blank too.
std::string for_xml(std::string_view text) {
  return for_html(text);
}

std::string for_prometheus_label(std::string_view text) {
  // Hidden characters are escaped first: their escapes contain backslashes, which are then doubled.
  std::string label;
  for (const char c : escape_controls(text, [](std::string_view rest) {
         return rest.front() == '\n' ? std::size_t{1} : std::size_t{0};
       })) {
    if (c == '\\' || c == '"') label += '\\';
    if (c == '\n')
      label += "\\n";
    else
      label += c;
  }
  return label;
}

std::string for_plugin_line(std::string_view text) {
  return escaped(text, [](std::string_view rest, std::string_view) -> std::string_view {
    if (is_blank(rest.front())) return " ";
    // '|' separates the text from performance data in the output of a monitoring plugin.
    return rest.front() == '|' ? "/" : "";
  });
}

std::string for_csv(std::string_view text) {
  std::string field = escaped(text, [](std::string_view rest, std::string_view) {
    return std::string_view(is_blank(rest.front()) ? " " : rest.front() == '"' ? "\"\"" : "");
  });
  // A spreadsheet takes a field that begins so for a formula.
  const auto first = field.find_first_not_of(' ');
  if (first != std::string::npos &&
      std::string_view("=+-@").find(field[first]) != std::string::npos)
    field.insert(0, 1, '\'');
  if (field.find_first_of(",\"") == std::string::npos) return field;
  return '"' + field + '"';
}

std::string for_log_value(std::string_view text) {
  const auto is_plain = [](unsigned char c) { return c > ' ' && c < 0x7f && c != '"' && c != '='; };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  return printed(nlohmann::json(std::string(text)));
}

}  // namespace tuner
