// Lines and columns of a given width. Widths are columns of a terminal (model/utf8.h): a wide
// character takes two. Text has passed escaped_line(): it has no line ends and no hidden
// characters.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

std::size_t text_width(std::string_view text);

// The text in lines of at most `width` columns, 0: one line. Breaks between words; a word that is
// wider breaks behind the last of "./_-,:=" that fits, else at any character. Only the blanks at a
// break are lost. Never empty.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

// Each line of the text in lines of at most `width` columns, 0: as it is. What a line continues on
// is indented by `hanging`: a label of that width stands alone at the left.
std::string wrapped_lines(std::string_view text, std::size_t width, std::size_t hanging);

// Messages for people, a line each: "error: …", "  hint: …". What a line continues on stands behind
// its label, else two blanks in. Other indented lines stay as they are: a source line and the caret
// below it are in one column. 0: as they are.
std::string wrapped_messages(std::string_view text, std::size_t width);

// How narrow a column can become.
struct ColumnNeed {
  std::size_t text = 0;   // its widest cell on one line
  std::size_t word = 0;   // its longest word
  std::size_t piece = 0;  // its longest part of a word between "./_-,:="
};
void widen(ColumnNeed& need, std::string_view cell);

struct ColumnWidths {
  std::vector<std::size_t> widths;
  std::size_t gap = 2;  // blanks between columns
};
// Widths for columns in a line of `width` columns; 0: as wide as the text. What does not fit is
// taken from the widest columns first, and a word is broken only if all columns are at their
// longest word. The last column, which explains the row, keeps a third of the line if it needs it.
// A line that is too narrow for all this is exceeded.
ColumnWidths fitted(std::span<const ColumnNeed> columns, std::size_t width);

}  // namespace tuner
