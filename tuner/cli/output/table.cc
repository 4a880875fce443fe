#include "cli/output/table.h"

#include "cli/output/wrap.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::string_view kIndent = "      ";
constexpr std::string_view kNoTint = "\x1b[0m";

std::string_view escape(Tint tint) {
  switch (tint) {
    case Tint::Good: return "\x1b[32m";
    case Tint::Changed: return "\x1b[36m";
    case Tint::Warning: return "\x1b[33m";
    case Tint::Bad: return "\x1b[31m";
    case Tint::Faint: return "\x1b[2m";
    case Tint::None: break;
  }
  return "";
}

// Text from the machine may hold any byte: the name of an interface may be an escape sequence.
std::string printable(std::string_view text) {
  return escaped_line(text);
}

// The cells side by side, each wrapped in its own column.
std::string lines_of(const std::vector<Cell>& cells, const ColumnWidths& columns,
                     const Display& display) {
  std::vector<std::vector<std::string>> parts;
  std::size_t height = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    parts.push_back(wrapped(cells[i].text, display.width == 0 ? 0 : columns.widths[i]));
    height = std::max(height, parts.back().size());
  }
  std::string text;
  for (std::size_t line = 0; line < height; ++line) {
    std::size_t blanks = 0;  // not yet written: a line does not end in blanks
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string_view part = line < parts[i].size() ? parts[i][line] : std::string_view();
      if (!part.empty()) {
        text += std::string(blanks, ' ') + tinted(part, cells[i].tint, display.color);
        blanks = 0;
      }
      blanks += columns.widths[i] - std::min(columns.widths[i], text_width(part)) + columns.gap;
    }
    text += '\n';
  }
  return text;
}

// A note below a row, with its later lines indented further.
std::string note_text(std::string_view note, std::size_t width) {
  constexpr std::size_t kHanging = 2;
  return wrapped_lines(fmt::format("{}{}\n", kIndent, note), width, kIndent.size() + kHanging);
}

}  // namespace

std::string tinted(std::string_view text, Tint tint, bool color) {
  if (!color || tint == Tint::None) return std::string(text);
  return std::string(escape(tint)) + std::string(text) + std::string(kNoTint);
}

// Only this program's own sequences pass to a terminal; any other escape of a text is shown as
// characters.
std::size_t tint_length(std::string_view text) {
  if (text.starts_with(kNoTint)) return kNoTint.size();
  for (const Tint tint : {Tint::Good, Tint::Changed, Tint::Warning, Tint::Bad, Tint::Faint}) {
    if (text.starts_with(escape(tint))) return escape(tint).size();
  }
  return 0;
}

Table::Table(std::vector<std::string> header) : header_(std::move(header)) {}

// A short row is filled up: a missing cell must not become a read behind its end.
void Table::add(std::vector<Cell> row) {
  row.resize(header_.size());
  for (Cell& cell : row) cell.text = printable(cell.text);
  rows_.push_back({.cells = std::move(row), .notes = {}});
}

void Table::note(std::string_view text) {
  rows_.back().notes.push_back(printable(text));
}

std::string Table::text(const Display& display) const {
  std::vector<ColumnNeed> needs(header_.size());
  std::vector<Cell> head;
  for (std::size_t i = 0; i < header_.size(); ++i) {
    widen(needs[i], header_[i]);
    head.push_back({header_[i], Tint::Faint});
    for (const Row& row : rows_) widen(needs[i], row.cells[i].text);
  }
  const ColumnWidths columns = fitted(needs, display.width);
  const bool titled =
      std::ranges::any_of(header_, [](const std::string& title) { return !title.empty(); });
  std::string all = titled ? lines_of(head, columns, display) : "";
  for (const Row& row : rows_) {
    all += lines_of(row.cells, columns, display);
    for (const std::string& note : row.notes) all += note_text(note, display.width);
  }
  return all;
}

}  // namespace tuner
