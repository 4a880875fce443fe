#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr double kLeast = 0.006;  // of the width: two pixels on a phone

std::string percent(double fraction) {
  return fmt::format("{:.2f}%", 100 * std::clamp(fraction, 0.0, 1.0));
}

}  // namespace

Markup picture(std::string_view of_class, std::string_view words, const Markup& shapes) {
  return {fmt::format("<svg class=\"{}\" role=\"img\" aria-label=\"{}\">{}</svg>", of_class,
                      plain(words).html, shapes.html)};
}

// The policy of the page allows no style attribute, but places as attributes of SVG. A colour of
// the style sheet takes precedence over the attribute `fill`.
Markup block(double from, double to, std::string_view of_class, std::string_view title,
             Thickness thickness) {
  const double left = std::clamp(from, 0.0, 1.0 - kLeast);
  const double width = std::max(std::min(to, 1.0) - left, kLeast);
  const bool thin = thickness == Thickness::Thin;
  return {fmt::format(
      "<rect class=\"{}\" fill=\"url(#hatch)\" x=\"{}\" width=\"{}\" y=\"{}%\" height=\"{}%\">"
      "<title>{}</title></rect>",
      of_class, percent(left), percent(width), thin ? 42 : 15, thin ? 16 : 70, plain(title).html)};
}

Markup rule(double at) {
  return {fmt::format("<line x1=\"{0}\" x2=\"{0}\" y1=\"0\" y2=\"100%\"></line>", percent(at))};
}

Markup rule(double at, std::string_view of_class, std::string_view title) {
  return {fmt::format(
      "<line class=\"{0}\" x1=\"{1}\" x2=\"{1}\" y1=\"0\" y2=\"100%\"><title>{2}</title></line>",
      of_class, percent(at), plain(title).html)};
}

Markup whisker(double low, double high, std::string_view title) {
  const auto line = [](double x1, double x2, int y1, int y2, const Markup& inner) {
    return fmt::format(
        "<line class=\"whisker\" x1=\"{}\" x2=\"{}\" y1=\"{}%\" y2=\"{}%\">{}</line>", percent(x1),
        percent(x2), y1, y2, inner.html);
  };
  return {line(low, high, 50, 50, element("title", plain(title))) + line(low, low, 30, 70, {}) +
          line(high, high, 30, 70, {})};
}

Markup stroke(double x1, double y1, double x2, double y2, std::string_view of_class) {
  return {fmt::format("<line class=\"{}\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"></line>",
                      of_class, percent(x1), percent(x2), percent(y1), percent(y2))};
}

Markup letters(double at, std::string_view text) {
  const std::string_view anchor = at <= 0 ? "start" : at >= 1 ? "end" : "middle";
  return {fmt::format("<text x=\"{}\" y=\"75%\" text-anchor=\"{}\">{}</text>", percent(at), anchor,
                      plain(text).html)};
}

Markup letters(double x, double y, std::string_view text, Anchor anchor) {
  const std::string_view word = anchor == Anchor::Start ? "start"
                                : anchor == Anchor::End ? "end"
                                                        : "middle";
  return {fmt::format("<text x=\"{}\" y=\"{}\" dy=\"4\" text-anchor=\"{}\">{}</text>", percent(x),
                      percent(y), word, plain(text).html)};
}

// A picture within the picture has the origin at the point, and pixels as its unit.
Markup mark(double x, double y, std::size_t shape, std::string_view of_class,
            std::string_view title) {
  constexpr std::array<std::string_view, kShapes> kPaths{
      "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0Z", "M-4-4H4V4H-4Z", "M0-6L6 0L0 6L-6 0Z",
      "M0-5.5L5.5 4.5H-5.5Z"};
  return {
      fmt::format("<svg class=\"mark\" x=\"{}\" y=\"{}\"><path class=\"{}\" fill=\"url(#hatch)\" "
                  "d=\"{}\"><title>{}</title>"
                  "</path></svg>",
                  percent(x), percent(y), of_class, kPaths.at(shape % kShapes), plain(title).html)};
}

Markup whisker_up(double x, double top, double bottom, std::string_view of_class) {
  return stroke(x, top, x, bottom, of_class);
}

Markup hatching() {
  return ours(
      "<svg class=\"vh\" aria-hidden=\"true\"><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" "
      "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
      "<rect class=\"stripe\" width=\"1.2\" height=\"6\"></rect></pattern></defs></svg>\n");
}

}  // namespace tuner
