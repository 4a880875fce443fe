// Pictures of one line as inline SVG. Places are fractions of the width (0 to 1), so a picture fits
// any width and its letters keep their size. Colours come from the style sheet.
#pragma once

#include "report/markup.h"

#include <cstddef>
#include <string_view>

namespace tuner {

// An image for a screen reader, which says `words`. `of_class` is a constant.
Markup picture(std::string_view of_class, std::string_view words, const Markup& shapes);

enum class Thickness { Full, Thin };
// The class gives the colour; one without a colour in the style sheet is hatched, which means "not
// known". Something is always visible, however close the ends are.
Markup block(double from, double to, std::string_view of_class, std::string_view title,
             Thickness thickness = Thickness::Full);

Markup rule(double at);  // a line from top to bottom
Markup rule(double at, std::string_view of_class, std::string_view title);
// An interval: a line with an end at each side.
Markup whisker(double low, double high, std::string_view title);
// A straight line between two points; y counts from the top.
Markup stroke(double x1, double y1, double x2, double y2, std::string_view of_class);
Markup letters(double at, std::string_view text);  // centred; at both ends of the picture inside
// At a point, which is the text's beginning, middle or end.
enum class Anchor { Start, Middle, End };
Markup letters(double x, double y, std::string_view text, Anchor anchor);
// A mark at a point, of a shape by its number. Its size is the same in a picture of any size.
inline constexpr std::size_t kShapes = 4;
Markup mark(double x, double y, std::size_t shape, std::string_view of_class,
            std::string_view title);
// An upright interval; y counts from the top.
Markup whisker_up(double x, double top, double bottom, std::string_view of_class);
Markup hatching();  // once in a page with blocks

}  // namespace tuner
