#include "report/point_plot.h"

#include "report/bench_view.h"
#include "report/page_parts.h"
#include "report/plot_parts.h"
#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr double kPowers = 8;    // from this ratio of the ends on an axis is logarithmic
constexpr double kLeft = 0.15;   // of the width: numbers of the axis stand there
constexpr double kRight = 0.95;  // so that the last mark is whole
constexpr double kSign = 0.07;   // of the height
constexpr std::size_t kMostSigns = 4;
constexpr double kBeside = 0.012;  // between the marks of one point, which would hide each other

bool can_be_shown(double value) {
  return value > 1e-9 && value < 1e12;
}

// The interval where it is one, otherwise the value alone.
bool has_interval(const PlotPoint& point) {
  return can_be_shown(point.low) && can_be_shown(point.high) && point.low <= point.high;
}

// From which place on an axis its values are: 0 to 1.
struct Scale {
  double from = 0, to = 1;
  bool powers = false;
  double place(double value) const {
    if (!powers) return (value - from) / (to - from);
    return log2_of(std::max(value / from, 1.0)) / log2_of(to / from);
  }
};

struct Geometry {
  Scale across, up;
  std::size_t lines = 1;
  std::size_t signs = 0;  // whose words stand above the values
  double x(double at) const { return kLeft + (kRight - kLeft) * across.place(at); }
  // The marks of one point stand side by side, in the order of the lines.
  double x(double at, std::size_t line) const {
    const double middle = (static_cast<double>(lines) - 1) / 2;
    return x(at) + kBeside * (static_cast<double>(line) - middle);
  }
  double top() const { return 0.02 + kSign * static_cast<double>(std::min(signs, kMostSigns)); }
  double y(double value) const { return 0.96 - (0.96 - top()) * up.place(value); }
  // One below the other: the words of two signs would overlap.
  static double y_of_sign(std::size_t number) {
    return 0.03 + kSign * static_cast<double>(number % kMostSigns);
  }
};

Scale scale_of_points(const std::vector<std::uint64_t>& at) {
  const auto first = static_cast<double>(at.front());
  const auto last = static_cast<double>(at.back());
  if (first == last) return {.from = first - 1, .to = last + 1};
  return {.from = first, .to = last, .powers = first > 0 && last / first >= kPowers};
}

std::optional<Scale> scale_of_values(const PointPlot& plot) {
  double least = plot.one ? 1 : 0;
  double most = least;
  const auto add = [&](double value) {
    least = least > 0 ? std::min(least, value) : value;
    most = std::max(most, value);
  };
  bool any = false;
  for (const PlotLine& line : plot.lines) {
    for (const PlotPoint& point : line.points) {
      if (!can_be_shown(point.value)) continue;
      any = true;
      add(point.value);
      if (!has_interval(point)) continue;
      add(point.low);
      add(point.high);
    }
  }
  if (!any) return std::nullopt;
  if (most / least >= kPowers)
    return Scale{.from = least / 1.15, .to = most * 1.15, .powers = true};
  if (!plot.one) return Scale{.from = 0, .to = most * 1.05};
  const double margin = std::max(0.05 * (most - least), 0.02);
  return Scale{.from = least - margin, .to = most + margin};
}

// Round numbers on the axis: of powers each 1, 2 and 5, or only each power if these are too many.
std::vector<double> ticks_of(const Scale& scale) {
  std::vector<double> ticks;
  constexpr std::size_t kMost = 7;
  double step = 1e-9;
  if (scale.powers) {
    for (; step < scale.to; step *= 10) {
      for (const double times : {1.0, 2.0, 5.0}) {
        if (step * times >= scale.from && step * times <= scale.to) ticks.push_back(step * times);
      }
    }
    if (ticks.size() <= kMost) return ticks;
    ticks.clear();
    for (step = 1e-9; step < scale.to; step *= 10) {
      if (step >= scale.from) ticks.push_back(step);
    }
    while (ticks.size() > kMost) {  // each second one
      std::size_t kept = 0;
      for (std::size_t i = 0; i < ticks.size(); i += 2) ticks[kept++] = ticks[i];
      ticks.resize(kept);
    }
    return ticks;
  }
  constexpr std::array<double, 3> kSteps{1, 2, 5};
  std::size_t number = 0;
  while ((scale.to - scale.from) / (step * kSteps.at(number)) > kMost - 1) {
    number = (number + 1) % kSteps.size();
    if (number == 0) step *= 10;
  }
  step *= kSteps.at(number);
  for (double tick = 0; tick <= scale.to; tick += step) {
    if (tick >= scale.from) ticks.push_back(tick);
  }
  return ticks;
}

std::string tick_words(double tick) {
  if (tick >= 1e6) return fmt::format("{:g}M", tick / 1e6);
  return tick >= 1e4 ? fmt::format("{:g}k", tick / 1e3) : fmt::format("{:.4g}", tick);
}

Markup axes_of(const PointPlot& plot, const Geometry& geometry) {
  Markup marks;
  for (const double tick : ticks_of(geometry.up)) {
    const double y = geometry.y(tick);
    marks += stroke(kLeft - 0.02, y, 1, y, "grid") +
             letters(kLeft - 0.03, y, tick_words(tick), Anchor::End);
  }
  if (plot.one) {
    const double y = geometry.y(1);
    marks += stroke(kLeft - 0.02, y, 1, y, "one");
  }
  for (std::size_t i = 0; i < plot.signs.size(); ++i) {
    const double x = geometry.x(static_cast<double>(plot.signs[i].at));
    const double y = Geometry::y_of_sign(i);
    const Anchor anchor = x < 0.3 ? Anchor::Start : x > 0.7 ? Anchor::End : Anchor::Middle;
    marks += stroke(x, y + 0.03, x, 1, "bound") + letters(x, y, plot.signs[i].words, anchor);
  }
  return marks;
}

std::string_view dashes_of(std::size_t number) {
  constexpr std::array<std::string_view, 3> kDashes{"solid", "dashed", "dotted"};
  return kDashes.at(number % kDashes.size());
}

std::string name_of_point(const PointPlot& plot, std::uint64_t at) {
  const auto found = std::ranges::find(plot.at, at);
  const auto place = static_cast<std::size_t>(found - plot.at.begin());
  return place < plot.names.size() ? plot.names[place] : fmt::format("{}", at);
}

std::string plot_words(const PointPlot& plot, const PlotPoint& point) {
  const std::string unit = plot.one ? " times" : plot.unit.empty() ? "" : " " + plot.unit;
  std::string words = figure_words(point.value) + unit;
  if (has_interval(point))
    words += fmt::format(" ({} to {})", figure_words(point.low), figure_words(point.high));
  return words;
}

// A line ends at a point that was not measured: nothing is known of what lies between.
bool follow_each_other(const PointPlot& plot, const PlotPoint& one, const PlotPoint& next) {
  const auto first = std::ranges::find(plot.at, one.at);
  return first != plot.at.end() && first + 1 != plot.at.end() && *(first + 1) == next.at;
}

Markup line_of(const PointPlot& plot, const PlotLine& line, std::size_t index,
               const Geometry& geometry) {
  const std::string of_class = fmt::format("curve {} {}", line.of_class, dashes_of(line.number));
  Markup strokes;
  Markup marks;
  const PlotPoint* last = nullptr;
  for (const PlotPoint& point : line.points) {
    if (!can_be_shown(point.value)) {
      last = nullptr;
      continue;
    }
    const double x = geometry.x(static_cast<double>(point.at), index);
    const double y = geometry.y(point.value);
    if (last != nullptr && follow_each_other(plot, *last, point))
      strokes += stroke(geometry.x(static_cast<double>(last->at), index), geometry.y(last->value),
                        x, y, of_class);
    if (has_interval(point))
      marks += whisker_up(x, geometry.y(point.high), geometry.y(point.low), "whisker");
    marks += mark(x, y, line.number, point.of_class,
                  fmt::format("{}, {}: {}", line.name, name_of_point(plot, point.at),
                              plot_words(plot, point)));
    last = &point;
  }
  return strokes + marks;
}

// Numbers, for those who cannot or do not want to read them off.
Markup numbers_table(const PointPlot& plot) {
  Markup head = element("th", {});
  for (const std::string& name : plot.names) head += element("th", "num", plain(name));
  Markup rows;
  for (const PlotLine& line : plot.lines) {
    Markup cells = cell("name", line.name);
    for (const std::uint64_t at : plot.at) {
      const auto found = std::ranges::find(line.points, at, &PlotPoint::at);
      cells += cell("num", found == line.points.end() ? std::string("not measured")
                                                      : plot_words(plot, *found));
    }
    rows += element("tr", cells);
  }
  return details(plain("Numbers"), table_box("points", element("thead", element("tr", head)) +
                                                           element("tbody", rows)));
}

Markup legend_of(const PointPlot& plot) {
  Markup keys;
  for (const PlotLine& line : plot.lines) {
    const std::string of_class = fmt::format("curve {} {}", line.of_class, dashes_of(line.number));
    keys += element("li", Markup{"<svg class=\"key\" aria-hidden=\"true\">"} +
                              stroke(0, 0.5, 1, 0.5, of_class) +
                              mark(0.5, 0.5, line.number, line.of_class, line.name) +
                              ours("</svg> ") + plain(line.name));
  }
  return element("ul", "legend", keys);
}

// Their names do not overlap on a phone.
Markup points_axis(const PointPlot& plot, const Geometry& geometry) {
  Markup marks;
  for (std::size_t i = 0; i < plot.at.size() && i < plot.names.size(); ++i)
    marks +=
        letters(geometry.x(static_cast<double>(plot.at[i])), 0.6, plot.names[i], Anchor::Middle);
  return Markup{"<svg class=\"axis\" aria-hidden=\"true\">"} + marks + ours("</svg>");
}

std::string plot_words(const PointPlot& plot) {
  std::string words = plot.title;
  for (const PlotLine& line : plot.lines) {
    words += fmt::format("; {}:", line.name);
    for (const PlotPoint& point : line.points)
      words += fmt::format(" {} {},", name_of_point(plot, point.at), plot_words(plot, point));
  }
  return words;
}

}  // namespace

Markup point_figure(const PointPlot& plot) {
  const auto up = scale_of_values(plot);
  if (!up || plot.at.empty()) return {};
  const Geometry geometry{.across = scale_of_points(plot.at),
                          .up = *up,
                          .lines = std::max<std::size_t>(plot.lines.size(), 1),
                          .signs = plot.signs.size()};
  Markup shapes = axes_of(plot, geometry);
  for (std::size_t i = 0; i < plot.lines.size(); ++i)
    shapes += line_of(plot, plot.lines[i], i, geometry);
  const std::string legend = plot.legend + (up->powers     ? " The scale is logarithmic."
                                            : up->from > 0 ? " The scale does not begin at 0."
                                                           : "");
  return figure("plot", plot.unit.empty() ? plot.title : plot.title + ", " + plot.unit,
                element("p", "soft", plain(legend)) + legend_of(plot) +
                    picture("points", plot_words(plot), shapes) + points_axis(plot, geometry) +
                    element("p", "soft centre", plain(plot.axis)) + numbers_table(plot));
}

}  // namespace tuner
