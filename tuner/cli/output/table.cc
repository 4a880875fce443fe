#include "cli/output/table.h"

#include "model/utf8.h"

#include <algorithm>

namespace tuner {
namespace {

constexpr std::string_view kGap = "  ";
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

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Text from the machine may hold any byte: the name of an interface may be an escape sequence.
std::string printable(std::string_view text) {
  return escaped_line(text);
}

std::string line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                 bool color) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool last = i + 1 == cells.size();
    text += tinted(cells[i].text, cells[i].tint, color);
    if (!last) text += std::string(widths[i] - width(cells[i].text), ' ') + std::string(kGap);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
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

std::string Table::text(bool color) const {
  std::vector<std::size_t> widths;
  std::vector<Cell> head;
  for (const std::string& title : header_) {
    widths.push_back(width(title));
    head.push_back({title, Tint::Faint});
  }
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      widths[i] = std::max(widths[i], width(row.cells[i].text));
  }
  std::string all = line(head, widths, color);
  for (const Row& row : rows_) {
    all += line(row.cells, widths, color);
    for (const std::string& note : row.notes) all += std::string(kIndent) + note + "\n";
  }
  return all;
}

}  // namespace tuner
