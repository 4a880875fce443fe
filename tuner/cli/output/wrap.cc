#include "cli/output/wrap.h"

#include "base/text.h"
#include "model/utf8.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace tuner {
namespace {

constexpr std::string_view kBreaks = "./_-,:=";
constexpr std::size_t kNarrowestColumn = 4;
constexpr std::array<std::string_view, 4> kLabels{"error: ", "warning: ", "note: ", "  hint: "};

struct Character {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};

Character first_character(std::string_view text) {
  const CodePoint next = decode(text);
  if (next.bytes == 0) return {};
  return {.bytes = next.bytes, .columns = static_cast<std::size_t>(display_width(next.value))};
}

// How many bytes of a word go on a line with `room` columns: at least one character, so that a
// wide character in a narrow column ends the work, too.
std::size_t bytes_that_fit(std::string_view word, std::size_t room) {
  std::size_t bytes = 0;
  std::size_t behind_break = 0;
  for (std::size_t used = 0; bytes < word.size();) {
    const Character next = first_character(word.substr(bytes));
    used += next.columns;
    if (bytes > 0 && used > room) return behind_break > 0 ? behind_break : bytes;
    bytes += next.bytes;
    if (kBreaks.find(word[bytes - 1]) != std::string_view::npos) behind_break = bytes;
  }
  return bytes;
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, std::min(text.find(' '), text.size()));
}

std::size_t longest_piece(std::string_view word) {
  std::size_t longest = 0;
  while (!word.empty()) {
    const auto end = word.find_first_of(kBreaks);
    const std::string_view piece = word.substr(0, end == std::string_view::npos ? end : end + 1);
    longest = std::max(longest, text_width(piece));
    word.remove_prefix(piece.size());
  }
  return longest;
}

std::size_t sum(std::span<const std::size_t> widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0});
}

// Takes from the widest columns until the sum is `room`, but nothing below the floor of a column.
void shrink(std::span<std::size_t> widths, std::span<const std::size_t> floors, std::size_t room) {
  for (std::size_t all = sum(widths); all > room; --all) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] > floors[i] && (widest == widths.size() || widths[i] > widths[widest]))
        widest = i;
    }
    if (widest == widths.size()) return;
    --widths[widest];
  }
}

}  // namespace

std::size_t text_width(std::string_view text) {
  // Each ASCII character takes a column. A table of thousands of rows is little else.
  if (std::ranges::all_of(text,
                          [](char c) { return (static_cast<unsigned char>(c) & 0x80U) == 0; }))
    return text.size();
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character next = first_character(text);
    columns += next.columns;
    text.remove_prefix(next.bytes);
  }
  return columns;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  if (width == 0 || text_width(text) <= width) return {std::string(text)};
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t blanks = std::min(text.find_first_not_of(' '), text.size());
    const std::string_view word = first_word(text.substr(blanks));
    const bool fits = used + blanks + text_width(word) <= width;
    if (!fits && used > 0) {
      lines.emplace_back();
      used = 0;
      text.remove_prefix(blanks);
      continue;
    }
    // Blanks at the start of the text indent it.
    lines.back().append(blanks, ' ');
    const std::size_t room = width > used + blanks ? width - used - blanks : 1;
    const std::string_view part = word.substr(0, fits ? word.size() : bytes_that_fit(word, room));
    lines.back() += part;
    used += blanks + text_width(part);
    text.remove_prefix(blanks + part.size());
  }
  return lines;
}

std::string wrapped_lines(std::string_view text, std::size_t width, std::size_t hanging) {
  if (width <= hanging) return std::string(text);
  std::string all;
  for (const std::string_view line : lines(text)) {
    const std::string_view label = line.substr(0, hanging);
    // A label of wide or many-byte characters has no known width here: the line hangs at the left.
    const bool plain = std::ranges::all_of(label, [](char c) { return c >= ' ' && c <= '~'; });
    const std::size_t indent = plain ? label.size() : 0;
    std::string before(line.substr(0, indent));
    for (const std::string& part : wrapped(line.substr(indent), width - indent)) {
      all += before + part + "\n";
      before.assign(indent, ' ');
    }
  }
  return all;
}

std::string wrapped_messages(std::string_view text, std::size_t width) {
  if (width == 0) return std::string(text);
  std::string all;
  for (const std::string_view line : lines(text)) {
    const auto* const label = std::ranges::find_if(
        kLabels, [&](std::string_view each) { return line.starts_with(each); });
    // Indented lines stay as they are: a caret below a line of a file points at a column of it.
    const bool indented = line.starts_with(' ') && label == kLabels.end();
    const std::size_t hanging = label == kLabels.end() ? 2 : label->size();
    all += wrapped_lines(line, indented ? 0 : width, hanging) + (indented ? "\n" : "");
  }
  return all;
}

void widen(ColumnNeed& need, std::string_view cell) {
  need.text = std::max(need.text, text_width(cell));
  while (!cell.empty()) {
    const std::string_view word = first_word(cell);
    need.word = std::max(need.word, text_width(word));
    need.piece = std::max(need.piece, longest_piece(word));
    cell.remove_prefix(std::min(word.size() + 1, cell.size()));
  }
}

ColumnWidths fitted(std::span<const ColumnNeed> columns, std::size_t width) {
  ColumnWidths fit;
  for (const ColumnNeed& column : columns) fit.widths.push_back(column.text);
  if (columns.empty() || width == 0) return fit;
  const auto floors = [&](auto floor) {
    std::vector<std::size_t> all;
    for (const ColumnNeed& column : columns) all.push_back(floor(column));
    // The last column, which has the sentences, keeps a third of the width if it needs that.
    all.back() = std::max(all.back(), std::min(columns.back().text, width / 3));
    return all;
  };
  const auto room = [&](std::size_t gap) {
    const std::size_t gaps = gap * (columns.size() - 1);
    return width > gaps ? width - gaps : 0;
  };
  // Columns are divided between words if that is enough, else behind a character of kBreaks, and at
  // last anywhere.
  shrink(fit.widths, floors([](const ColumnNeed& column) { return column.word; }), room(2));
  if (sum(fit.widths) <= room(2)) return fit;
  fit.gap = 1;
  shrink(fit.widths, floors([](const ColumnNeed& column) { return column.piece; }), room(1));
  shrink(fit.widths,
         floors([](const ColumnNeed& column) { return std::min(column.text, kNarrowestColumn); }),
         room(1));
  return fit;
}

}  // namespace tuner
