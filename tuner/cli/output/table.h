// Aligned columns for a terminal. Hidden characters (model/utf8.h) are shown as escapes.
#pragma once

#include "cli/output/display.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

enum class Tint { None, Good, Changed, Warning, Bad, Faint };

// `text` between a colour sequence and its reset if `color`, else unchanged.
std::string tinted(std::string_view text, Tint tint, bool color);
// Length in bytes of the sequence of tinted() at the start of `text`; 0: none.
std::size_t tint_length(std::string_view text);

struct Cell {
  std::string text;
  Tint tint = Tint::None;
};

class Table {
 public:
  explicit Table(std::vector<std::string> header);
  void add(std::vector<Cell> row);
  // Adds an indented line below the last row. Call add() first.
  void note(std::string_view text);
  bool empty() const { return rows_.empty(); }
  // Every column but the last is padded to its widest cell; a wide character counts as two columns.
  // With a width, columns shrink until the table fits (cli/output/wrap.h), and text that is too
  // long goes on below itself: nothing is cut. A header without titles is not shown.
  std::string text(const Display& display) const;

 private:
  struct Row {
    std::vector<Cell> cells;
    std::vector<std::string> notes;
  };
  std::vector<std::string> header_;
  std::vector<Row> rows_;
};

}  // namespace tuner
