#include "report/bench_points.h"

#include "base/text.h"
#include "report/bench_plots.h"
#include "report/bench_view.h"
#include "report/page_parts.h"
#include "report/point_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace tuner {
namespace {

using Row = document::BenchRow;

std::string mode_of(const document::BenchCrossover& crossover) {
  return fmt::format("{} {} {}", crossover.mode, crossover.version, crossover.cipher);
}

// "64 B, 256 B and 1 KiB a record"
std::string list_words(const document::Bench& bench, const std::vector<std::uint64_t>& points) {
  std::vector<std::string> names;
  for (const std::uint64_t point : points) names.push_back(point_name(bench.workload, point));
  if (names.empty()) return "no point";
  const std::string last = point_words(bench.workload, points.back());
  names.pop_back();
  return names.empty() ? last : join(names, ", ") + " and " + last;
}

// What a document says that contradicts itself is not known.
bool holds(const document::BenchCrossover& crossover) {
  const auto& points = crossover.points;
  return !points.empty() && std::ranges::is_sorted(points) &&
         (!crossover.from || std::ranges::find(points, *crossover.from) != points.end());
}

bool is_size(const document::Bench& bench) {
  return bench.workload.point && bench.workload.point->starts_with("bytes");
}

Markup crossing_item(const document::Bench& bench, const document::BenchCrossover& crossover) {
  const std::string way = mode_of(crossover);
  if (!holds(crossover))
    return element("li", tag("bad", "not known") +
                             plain(fmt::format(" {}: the document contradicts itself", way)));
  const auto& points = crossover.points;
  if (crossover.from) {
    const std::string from = point_words(bench.workload, *crossover.from);
    const bool smallest = *crossover.from == points.front();
    return element("li", tag("good", "from " + from + " on") + ours(" ") + plain(way) +
                             plain(smallest ? ": the smallest measured" : ""));
  }
  if (crossover.pays_off_at.empty())
    return element(
        "li",
        tag("wait", fmt::format("not at {} {} measured", points.size() == 1 ? "the only" : "any",
                                is_size(bench) ? "size" : "number")) +
            plain(fmt::format(" {}: measured at {}", way, list_words(bench, points))));
  return element("li", tag("drift", "not at the largest") +
                           plain(fmt::format(" {}: pays off at {}, but not at {}", way,
                                             list_words(bench, crossover.pays_off_at),
                                             point_words(bench.workload, points.back()))));
}

std::string_view what_grows(const document::Bench& bench) {
  const auto known = from_word<BenchWorkload>(bench.workload.name);
  if (known == BenchWorkload::SmallRecords) return "size of a record";
  if (known == BenchWorkload::Files) return "size of a file";
  if (known == BenchWorkload::Connections) return "number of connections";
  if (known == BenchWorkload::SlowReaders) return "number of slow readers";
  return "point";
}

// Each reason once: a host without kernel TLS has the same one in many rows.
std::string why_unknown(const document::Bench& bench) {
  const auto voids = std::ranges::find_if(bench.not_comparable, &document::BenchReason::voids);
  if (voids != bench.not_comparable.end()) return voids->because;
  std::set<std::string> reasons;
  for (const Row& row : bench.rows) {
    if (asked_path(row) == "kernel" && !row.because.empty()) reasons.insert(row.because);
  }
  if (reasons.empty()) return "no row with kernel TLS was measured in enough rounds";
  return join(std::vector<std::string>(reasons.begin(), reasons.end()), "; ");
}

// All rows of one way to send.
struct Way {
  std::string name;
  std::vector<const Row*> rows;  // by point, ascending; each point once
};

std::vector<Way> ways_of(const document::Bench& bench) {
  std::vector<Way> ways;
  for (const Row& row : bench.rows) {
    if (!row.point) continue;
    const std::string name = way_name(row);
    auto way = std::ranges::find(ways, name, &Way::name);
    if (way == ways.end()) way = ways.insert(way, {.name = name, .rows = {}});
    const auto same = std::ranges::find_if(
        way->rows, [&](const Row* const other) { return other->point == row.point; });
    if (same == way->rows.end()) way->rows.push_back(&row);
  }
  for (Way& way : ways)
    std::ranges::sort(way.rows, {}, [](const Row* const row) { return *row->point; });
  return ways;
}

std::vector<std::uint64_t> points_of(const document::Bench& bench) {
  std::set<std::uint64_t> points;
  for (const Row& row : bench.rows) {
    if (row.point) points.insert(*row.point);
  }
  return {points.begin(), points.end()};
}

// That of the first point that was measured.
std::string_view class_of_way(const Way& way) {
  const auto measured =
      std::ranges::find_if(way.rows, [](const Row* const row) { return is_measured(*row); });
  return measured == way.rows.end() ? "unknown" : class_of_row(**measured);
}

PointPlot plot_of(const document::Bench& bench) {
  PointPlot plot;
  plot.at = points_of(bench);
  for (const std::uint64_t at : plot.at) plot.names.push_back(point_name(bench.workload, at));
  plot.axis = bench.workload.point.value_or("point of the series");
  return plot;
}

Markup measure_figure(const document::Bench& bench, const std::vector<Way>& ways,
                      const BenchMeasure& measure) {
  PointPlot plot = plot_of(bench);
  plot.title = measure.title;
  plot.unit = page_unit(measure.unit);
  plot.legend = fmt::format(
      "{} is better. A mark is the median of the rounds, the line through it its 95 % interval.",
      measure.more_is_better ? "More" : "Less");
  for (std::size_t i = 0; i < ways.size(); ++i) {
    PlotLine line{
        .name = ways[i].name, .of_class = class_of_way(ways[i]), .number = i, .points = {}};
    for (const Row* const row : ways[i].rows) {
      const auto value = measure.value(*row);
      if (!value) continue;
      const auto centre = centre_of(measure.rounds(*row));
      line.points.push_back({.at = *row->point,
                             .value = *value,
                             .low = centre ? centre->low : 0,
                             .high = centre ? centre->high : 0,
                             .of_class = class_of_row(*row)});
    }
    if (!line.points.empty()) plot.lines.push_back(std::move(line));
  }
  return point_figure(plot);
}

// Two ways that cross over at one point share the sign.
std::vector<PlotSign> signs_of(const document::Bench& bench) {
  std::map<std::uint64_t, std::set<std::string>> modes;
  for (const document::BenchCrossover& crossover : bench.crossovers) {
    if (holds(crossover) && crossover.from) modes[*crossover.from].insert(crossover.mode);
  }
  std::vector<PlotSign> signs;
  for (const auto& [at, names] : modes)
    signs.push_back({.at = at,
                     .words = "pays off from here: " +
                              join(std::vector<std::string>(names.begin(), names.end()), ", ")});
  return signs;
}

struct Comparison {
  std::string_view what;
  bool more_is_better;
  std::optional<document::BenchRatio> document::BenchFigures::*ratio;
};

Markup ratio_by_point(const document::Bench& bench, const std::vector<Way>& ways,
                      const Comparison& comparison) {
  PointPlot plot = plot_of(bench);
  plot.title = fmt::format("Kernel TLS against user space: {}", comparison.what);
  plot.legend = fmt::format(
      "Times TLS in user space, paired round by round; the line through a mark is the 95 % "
      "interval. {} than 1 is better: green. Grey: no significant difference.",
      comparison.more_is_better ? "More" : "Less");
  plot.one = "as user space";
  plot.signs = signs_of(bench);
  for (std::size_t i = 0; i < ways.size(); ++i) {
    PlotLine line{
        .name = ways[i].name, .of_class = class_of_way(ways[i]), .number = i, .points = {}};
    for (const Row* const row : ways[i].rows) {
      if (!took_kernel(*row) || !row->figures || !((*row->figures).*comparison.ratio)) continue;
      const document::BenchRatio& ratio = *((*row->figures).*comparison.ratio);
      line.points.push_back({.at = *row->point,
                             .value = ratio.ratio,
                             .low = ratio.low,
                             .high = ratio.high,
                             .of_class = class_of_ratio(ratio, comparison.more_is_better)});
    }
    if (!line.points.empty()) plot.lines.push_back(std::move(line));
  }
  return point_figure(plot);
}

// Why a line has a gap. A way without any point is told where the paths are.
Markup gaps_list(const document::Bench& bench, const std::vector<Way>& ways) {
  Markup list;
  for (const Way& way : ways) {
    if (std::ranges::none_of(way.rows, [](const Row* const row) { return is_measured(*row); }))
      continue;
    std::map<std::string, std::vector<std::uint64_t>> gaps;
    for (const Row* const row : way.rows) {
      if (!is_measured(*row)) gaps[row->because].push_back(*row->point);
    }
    for (const auto& [because, points] : gaps)
      list += element(
          "li", tag("bad", "gap") +
                    plain(fmt::format(" {} was not measured at {}: {}", way.name,
                                      list_words(bench, points),
                                      because.empty() ? "the document has no reason" : because)));
  }
  return list.html.empty() ? list : element("ul", "plain", list);
}

std::string kib_words(const std::optional<double>& bytes) {
  return bytes ? figure_words(*bytes / 1024) : "not visible";
}

}  // namespace

Markup crossing_words(const document::Bench& bench) {
  if (!is_series(bench)) return {};
  const Markup head =
      element("h3", plain(fmt::format("From which {} on kernel TLS pays off", what_grows(bench))));
  Markup list;
  for (const document::BenchCrossover& crossover : bench.crossovers)
    list += crossing_item(bench, crossover);
  if (list.html.empty())
    list = element("li", tag("wait", "not measured") + ours(" ") + plain(why_unknown(bench)));
  return head + element("ul", "plain", list);
}

Markup point_plots(const document::Bench& bench) {
  if (!is_series(bench)) return {};
  using Figures = document::BenchFigures;
  const auto ways = ways_of(bench);
  Markup plots;
  for (const Comparison& comparison : {Comparison{"throughput", true, &Figures::speed_to_tls},
                                       Comparison{"CPU time", false, &Figures::cpu_to_tls}})
    plots += ratio_by_point(bench, ways, comparison);
  for (const BenchMeasure& measure : measures_of(bench))
    plots += measure_figure(bench, ways, measure);
  return plots.html.empty() ? plots : gaps_list(bench, ways) + element("div", "plots", plots);
}

Markup connections_table(const document::Bench& bench) {
  Markup rows;
  for (const Row& row : bench.rows) {
    if (!row.figures || !row.figures->memory) continue;
    const document::BenchMemory& memory = *row.figures->memory;
    const auto& fairness = row.figures->fairness;
    rows += element("tr", cell("name", row_name(row)) + cell("num", kib_words(memory.slab_bytes)) +
                              cell("num", kib_words(memory.buffer_bytes)) +
                              cell("num", kib_words(memory.user_bytes)) +
                              cell("num", fairness ? fmt::format("{:.3f}", *fairness)
                                                   : std::string("not told")));
  }
  if (rows.html.empty()) return rows;
  return element("h3", plain("What one open connection holds")) +
         element("p", "soft",
                 plain("Both ends of it, in KiB: kernel objects by the growth of SUnreclaim of the "
                       "whole host, told only of 1,000 connections or more; TCP buffers by "
                       "sockstat while the bytes flow; the measuring program's heap. Fairness is "
                       "Jain's index over the connections: 1 is even.")) +
         table_box("figures",
                   head_row({"Row", "Kernel objects", "TCP buffers", "Program", "Fairness"}) +
                       element("tbody", rows));
}

}  // namespace tuner
