#include "profile/diagnostic.h"

#include "base/text.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::size_t kShownBefore = 60;  // code points shown left of the caret
constexpr std::size_t kShownAfter = 40;
constexpr std::size_t kShownAtLeast = 100;  // code points shown of any line

// One character of the line as shown on a terminal. A tab becomes one blank, so the caret is
// aligned with any tab stops.
struct Cell {
  std::string text;
  int width = 1;
};

Cell cell_of(std::string_view line, const CodePoint& next) {
  if (next.bytes == 0) return {.text = "\xEF\xBF\xBD"};  // U+FFFD
  if (next.value == '\t') return {.text = " "};
  if (is_hidden(next.value)) return {.text = "\xEF\xBF\xBD"};
  return {.text = std::string(line.substr(0, next.bytes)), .width = display_width(next.value)};
}

// Cuts the line to a window around the caret: a line can be a megabyte long.
std::string caret_lines(std::string_view line, std::size_t column) {
  std::string shown = column > kShownBefore + 1 ? "…" : "";
  std::size_t blanks = shown.empty() ? 0 : 1;
  for (std::size_t at = 1; !line.empty(); ++at) {
    const CodePoint next = decode(line);
    if (at + kShownBefore >= column) {
      const Cell cell = cell_of(line, next);
      shown += cell.text;
      if (at < column) blanks += static_cast<std::size_t>(cell.width);
    }
    // A byte that is no UTF-8 is shown as one character.
    line.remove_prefix(std::max<std::size_t>(1, next.bytes));
    if (at >= std::max(column + kShownAfter, kShownAtLeast) && !line.empty()) {
      shown += "…";
      break;
    }
  }
  return fmt::format("\n    {}\n    {}^", shown, std::string(blanks, ' '));
}

}  // namespace

std::string_view severity_name(Diagnostic::Severity severity) {
  return word_of(severity);
}

std::string to_text(const Diagnostic& diagnostic) {
  std::string place = escaped_line(to_text(diagnostic.origin));
  if (!place.empty()) place += ": ";
  std::string text = fmt::format("{}{}: {} [{}]", place, severity_name(diagnostic.severity),
                                 escaped_line(diagnostic.message), diagnostic.code);
  if (diagnostic.origin.column > 0 && !diagnostic.source_line.empty())
    text += caret_lines(diagnostic.source_line, static_cast<std::size_t>(diagnostic.origin.column));
  if (!diagnostic.hint.empty()) text += "\n  hint: " + escaped_line(diagnostic.hint);
  return text;
}

void add_source_lines(std::vector<Diagnostic>& diagnostics, std::string_view text) {
  const auto all = lines(text);
  for (Diagnostic& diagnostic : diagnostics) {
    const auto index = static_cast<std::size_t>(diagnostic.origin.line) - 1;
    if (diagnostic.origin.line < 1 || index >= all.size()) continue;
    std::string_view line = all[index];
    // A file with DOS line ends is accepted; the carriage return would move the caret to the start
    // of the line.
    if (line.ends_with('\r')) line.remove_suffix(1);
    diagnostic.source_line = std::string(line);
  }
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::ranges::any_of(diagnostics, [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Diagnostic::Severity::Error;
  });
}

}  // namespace tuner
