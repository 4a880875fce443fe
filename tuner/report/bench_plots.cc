#include "report/bench_plots.h"

#include "report/bench_points.h"
#include "report/bench_stages.h"
#include "report/bench_view.h"
#include "report/latency_plot.h"
#include "report/plot_parts.h"
#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Row = document::BenchRow;

Markup label_of(const std::string& mode, const std::string& name) {
  // row_name() begins with the mode.
  return plain(mode) + element("span", "soft", plain(name.substr(mode.size())));
}

// A bar from 0 with its interval. Without an interval there were too few rounds for one.
Markup bar_row(const Row& row, const BenchMeasure& measure, double most) {
  const auto value = measure.value(row);
  const std::string name = row_name(row);
  if (!value)
    return plot_row(label_of(row.mode, name), picture("track", name + ": not measured", {}),
                    element("span", "soft", plain("-")));
  std::string words = fmt::format("{}: {} {}", name, figure_words(*value), page_unit(measure.unit));
  Markup shapes = block(0, *value / most, class_of_row(row), words);
  if (const auto bound = measure.bound(row))
    shapes +=
        rule(*bound / most, "bound",
             fmt::format("{}: bound {} {}", name, figure_words(*bound), page_unit(measure.unit)));
  if (const auto centre = centre_of(measure.rounds(row))) {
    const std::string interval =
        fmt::format("interval {} to {}", figure_words(centre->low), figure_words(centre->high));
    shapes += whisker(centre->low / most, centre->high / most, name + ": " + interval);
    words += ", " + interval;
  }
  return plot_row(label_of(row.mode, name), picture("track", words, shapes),
                  plain(figure_words(*value)));
}

// The largest number that the plot shows.
double most_of(const document::Bench& bench, const BenchMeasure& measure) {
  double most = 0;
  for (const Row& row : bench.rows) {
    most = std::max({most, measure.value(row).value_or(0), measure.bound(row).value_or(0)});
    if (const auto centre = centre_of(measure.rounds(row))) most = std::max(most, centre->high);
  }
  return most;
}

Markup legend(const document::Bench& bench, bool with_bound) {
  struct Entry {
    std::string_view of_class, words;
  };
  Markup keys;
  for (const Entry& entry :
       {Entry{"device", "TLS in the NIC"}, Entry{"kernel", "TLS in the kernel"},
        Entry{"userspace", "TLS in user space"}, Entry{"plain", "without TLS"},
        Entry{"unknown", "path not known"}}) {
    if (std::ranges::any_of(bench.rows, [&](const Row& row) {
          return is_measured(row) && class_of_row(row) == entry.of_class;
        }))
      keys += key(entry.of_class, entry.words);
  }
  if (with_bound)
    keys += element("li", Markup{"<svg class=\"key\" aria-hidden=\"true\">"} +
                              rule(0.5, "bound", "bound") + ours("</svg> ") +
                              plain("bound: what AES-128-GCM and plain TCP allow"));
  return element("ul", "legend", keys);
}

Markup bars_figure(const document::Bench& bench, const BenchMeasure& measure) {
  const double most = most_of(bench, measure);
  if (!(most > 0)) return {};
  const bool with_bound = std::ranges::any_of(
      bench.rows, [&](const Row& row) { return measure.bound(row).has_value(); });
  Markup rows;
  for (const Row& row : bench.rows) rows += bar_row(row, measure, most);
  return figure("plot", fmt::format("{}, {}", measure.title, page_unit(measure.unit)),
                element("p", "soft",
                        plain(fmt::format("{} is better. The bar is the median of the rounds, the "
                                          "line its 95 % interval.",
                                          measure.more_is_better ? "More" : "Less"))) +
                    legend(bench, with_bound) + element("ul", "rows", rows));
}

// The range of a plot of ratios: 1 and all intervals, with a margin.
struct Range {
  double from = 1, to = 1;
  double place(double ratio) const { return (ratio - from) / (to - from); }
};

Range range_of(const std::vector<RatioMark>& marks) {
  Range range;
  for (const RatioMark& mark : marks) {
    range.from = std::min(range.from, mark.ratio.low);
    range.to = std::max(range.to, mark.ratio.high);
  }
  // Never 0: with all marks at 1 the axis would have no length, and place() divides by it.
  const double margin = std::max(0.05 * (range.to - range.from), 0.02);
  return {.from = range.from - margin, .to = range.to + margin};
}

Markup mark_row(const RatioMark& mark, const Range& range, std::string_view one) {
  constexpr double kHalf = 0.008;  // of the mark's width
  const std::string words = mark.name + ": " + ratio_words(mark.ratio);
  const double at = range.place(mark.ratio.ratio);
  return plot_row(
      label_of(mark.mode, mark.name),
      picture("track", words,
              rule(range.place(1), "one", one) +
                  block(at - kHalf, at + kHalf, mark.of_class, words) +
                  whisker(range.place(mark.ratio.low), range.place(mark.ratio.high), words)),
      plain(fmt::format("{:.2f}×", mark.ratio.ratio)));
}

struct Comparison {
  std::string_view what;
  bool more_is_better;
  std::optional<document::BenchRatio> (*ratio)(const Row& row);
};

Markup against_user_space(const document::Bench& bench, const Comparison& comparison) {
  std::vector<RatioMark> marks;
  for (const Row& row : bench.rows) {
    const auto ratio = comparison.ratio(row);
    if (!took_kernel(row) || !ratio) continue;
    marks.push_back({.mode = row.mode,
                     .name = row_name(row),
                     .ratio = *ratio,
                     .of_class = class_of_ratio(*ratio, comparison.more_is_better)});
  }
  return ratio_figure(
      fmt::format("Kernel TLS against user space: {}", comparison.what),
      fmt::format("Times TLS in user space, paired round by round; the line is the 95 % interval. "
                  "{} than 1 is better; grey: no significant difference.",
                  comparison.more_is_better ? "More" : "Less"),
      "as user space", marks);
}

}  // namespace

// The colours are those of "Where TLS runs" on the fleet's page.
std::string_view class_of_row(const Row& row) {
  if (row.path == "device") return "device";
  if (row.path == "kernel") return "kernel";
  if (row.path == "userspace") return "userspace";
  if (row.path == "failed") return "failed";
  return row.path ? "unknown" : "plain";
}

std::string_view class_of_ratio(const document::BenchRatio& ratio, bool more_is_better) {
  const Difference difference = difference_of(PairedRatio{
      .ratio = ratio.ratio, .low = ratio.low, .high = ratio.high, .pairs = ratio.pairs});
  if (difference == Difference::None || difference == Difference::Unknown) return "plain";
  return (difference == Difference::Higher) == more_is_better ? "good" : "drift";
}

Markup ratio_figure(std::string_view title, std::string_view legend, std::string_view one,
                    const std::vector<RatioMark>& marks) {
  if (marks.empty()) return {};
  const Range range = range_of(marks);
  Markup rows = plot_row({},
                         Markup{"<svg class=\"axis\" aria-hidden=\"true\">"} +
                             letters(range.place(1), "1") + ours("</svg>"),
                         {});
  for (const RatioMark& mark : marks) rows += mark_row(mark, range, one);
  return figure("plot", title, element("p", "soft", plain(legend)) + element("ul", "rows", rows));
}

namespace {

// A curve for each row, of one size and load.
Markup latency_of(const document::Bench& bench, const BenchMeasure& measure) {
  std::vector<LatencyCurve> curves;
  for (const Row& row : bench.rows) {
    for (const document::BenchLatency& step : row.latency) {
      if (step.response_bytes != measure.response_bytes || step.load != measure.load) continue;
      LatencyCurve curve{
          .name = row_name(row) + (step.generator_limited ? " (limited by the generator)" : ""),
          .of_class = class_of_row(row),
          .points = {}};
      for (const document::BenchCurvePoint& point : step.curve)
        curve.points.push_back({.share = point.share, .microseconds = point.microseconds});
      curves.push_back(std::move(curve));
    }
  }
  return latency_figure("Latency, " + step_words(measure.response_bytes, measure.load),
                        "From the time when a request was due until its whole response had "
                        "arrived. Each further nine "
                        "is as wide as the one before; the scale of the latency is logarithmic.",
                        curves);
}

template <MessageSum kSum>
std::optional<document::BenchRatio> sum_to_tls(const Row& row) {
  if (!row.messages) return std::nullopt;
  const auto found = std::ranges::find(row.messages->sums, word_of(kSum), &document::BenchSum::sum);
  return found == row.messages->sums.end() ? std::nullopt : found->to_tls;
}

// Each time as all rows have it.
Markup sum_ratios(const document::Bench& bench) {
  constexpr auto kToPlain = MessageSum::KernelToPlainText;
  constexpr auto kFromEpoll = MessageSum::EpollToPlainText;
  return against_user_space(
             bench, {"median time from the kernel to plain text", false, sum_to_tls<kToPlain>}) +
         against_user_space(
             bench, {"median time from epoll to plain text", false, sum_to_tls<kFromEpoll>});
}

Markup ratio_figures(const document::Bench& bench) {
  using Ratio = std::optional<document::BenchRatio>;
  return against_user_space(bench, {"throughput", true,
                                    [](const Row& row) {
                                      return row.figures ? row.figures->speed_to_tls : Ratio();
                                    }}) +
         against_user_space(bench, {"CPU time per GB", false,
                                    [](const Row& row) {
                                      return row.figures ? row.figures->cpu_to_tls : Ratio();
                                    }}) +
         against_user_space(
             bench, {"median latency", false, [](const Row& row) { return row.p50_to_tls; }}) +
         against_user_space(bench, {"latency at the 99th percentile", false,
                                    [](const Row& row) { return row.p99_to_tls; }});
}

}  // namespace

Markup bench_plots(const document::Bench& bench) {
  if (is_series(bench)) return point_plots(bench);
  Markup plots;
  Markup wide;
  for (const BenchMeasure& measure : measures_of(bench)) {
    // Those of messages stand with their stages.
    if (!measure.is_latency() && measure.kind != BenchMeasure::Kind::Sum)
      plots += bars_figure(bench, measure);
    if (measure.kind == BenchMeasure::Kind::MedianLatency) wide += latency_of(bench, measure);
  }
  plots += ratio_figures(bench) + sum_ratios(bench);
  return (plots.html.empty() ? plots : element("div", "plots", plots)) + wide + stage_plots(bench);
}

}  // namespace tuner
