#include "report/latency_plot.h"

#include "report/bench_view.h"
#include "report/plot_parts.h"
#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr double kMostNines = 6;  // 99.9999 %: beyond it a run has single requests

// The range of the plot. Latencies are shown by their logarithm: a tail is many times the median.
struct Range {
  double least = 0, most = 0;  // us
  double nines = 1;
  double x(double share) const { return std::min(nines_of(share), nines) / nines; }
  double y(double us) const { return 1 - log2_of(us / least) / log2_of(most / least); }
};

bool can_be_shown(const LatencyPoint& point) {
  return point.share >= 0 && point.share <= 1 && point.microseconds > 0 &&
         point.microseconds < 1e12;
}

Range range_of(const std::vector<LatencyCurve>& curves) {
  Range range;
  for (const LatencyCurve& curve : curves) {
    for (const LatencyPoint& point : curve.points) {
      if (!can_be_shown(point)) continue;
      range.least = range.most > 0 ? std::min(range.least, point.microseconds) : point.microseconds;
      range.most = std::max(range.most, point.microseconds);
      if (point.share < 1) range.nines = std::max(range.nines, nines_of(point.share));
    }
  }
  range.nines = std::min(range.nines, kMostNines);
  // Never equal: y() divides by the logarithm of their ratio.
  range.most = std::max(range.most, range.least * 1.1);
  return range;
}

std::string class_of_line(const LatencyCurve& curve, std::size_t number) {
  constexpr std::array<std::string_view, 3> kDashes{"solid", "dashed", "dotted"};
  return fmt::format("curve {} {}", curve.of_class, kDashes.at(number % kDashes.size()));
}

// Steps, as percentiles are: up to the next point a share has the latency of that point.
Markup line_of(const LatencyCurve& curve, const Range& range, std::size_t number) {
  const std::string of_class = class_of_line(curve, number);
  Markup lines;
  const LatencyPoint* last = nullptr;
  for (const LatencyPoint& point : curve.points) {
    if (!can_be_shown(point)) continue;
    if (last != nullptr)
      lines += stroke(range.x(last->share), range.y(last->microseconds), range.x(point.share),
                      range.y(point.microseconds), of_class);
    last = &point;
  }
  return lines;
}

Markup nines_axis(const Range& range) {
  constexpr std::array<std::string_view, 7> kNines{"0",       "90 %",     "99 %",     "99.9 %",
                                                   "99.99 %", "99.999 %", "99.9999 %"};
  Markup marks;
  for (std::size_t i = 0; i < kNines.size() && static_cast<double>(i) <= range.nines; ++i)
    marks += letters(static_cast<double>(i) / range.nines, kNines.at(i));
  return Markup{"<svg class=\"axis\" aria-hidden=\"true\">"} + marks + ours("</svg>");
}

std::string curve_words(const LatencyCurve& curve) {
  std::string words = curve.name + ":";
  for (const double share : {0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto found = std::ranges::find_if(
        curve.points, [&](const LatencyPoint& point) { return point.share >= share; });
    if (found == curve.points.end() || !can_be_shown(*found)) continue;
    if (share < 1 && found->share >= 1) continue;  // too few requests for this percentile
    words += fmt::format(" {} {} µs,", share == 1 ? "maximum" : fmt::format("{:g} %", share * 100),
                         figure_words(found->microseconds));
  }
  // The last comma, or the colon of a curve without a percentile.
  words.pop_back();
  return words;
}

}  // namespace

double nines_of(double share) {
  if (share >= 1) return kMostNines;
  return std::min(log2_of(1 / (1 - std::max(share, 0.0))) / log2_of(10), kMostNines);
}

Markup latency_figure(std::string_view title, std::string_view legend,
                      const std::vector<LatencyCurve>& curves) {
  const Range range = range_of(curves);
  if (!(range.most > 0)) return {};
  Markup lines;
  Markup keys;
  std::string all;
  for (int nine = 1; nine < range.nines; ++nine) lines += rule(nine / range.nines);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    lines += line_of(curves[i], range, i);
    const std::string words = curve_words(curves[i]);
    keys += element("li", Markup{"<svg class=\"key\" aria-hidden=\"true\">"} +
                              stroke(0, 0.5, 1, 0.5, class_of_line(curves[i], i)) +
                              ours("</svg> ") + plain(words));
    all += (all.empty() ? "" : "; ") + words;
  }
  return figure("plot wide", title,
                element("p", "soft", plain(legend)) +
                    element("p", "soft", plain(figure_words(range.most) + " µs")) +
                    picture("curves", all, lines) +
                    element("p", "soft", plain(figure_words(range.least) + " µs")) +
                    nines_axis(range) + element("ul", "legend", keys));
}

}  // namespace tuner
