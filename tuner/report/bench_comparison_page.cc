#include "report/bench_comparison_page.h"

#include "base/rfc3339.h"
#include "base/text.h"
#include "report/bench_comparison.h"
#include "report/bench_page.h"
#include "report/bench_plots.h"
#include "report/bench_view.h"
#include "report/page_parts.h"
#include "report/point_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tuner {
namespace {

using document::MeasureChange;
using document::RowChange;

const MeasureChange* find_change(const RowChange& row, std::string_view measure) {
  const auto found = std::ranges::find(row.measures, measure, &MeasureChange::measure);
  return found == row.measures.end() ? nullptr : &*found;
}

std::string_view class_of_change(std::string_view change) {
  if (change == "better") return "good";
  return change == "worse" ? "drift" : "wait";
}

std::string change_legend(const MeasureChange& measure) {
  return fmt::format(
      "Times that of the run before, with the 95 % interval. {} than 1 is better; "
      "grey: no significant difference.",
      measure.more_is_better ? "More" : "Less");
}

std::string_view colour_of(const MeasureChange& change) {
  const std::string_view colour = class_of_change(change.change);
  return colour == "wait" ? "plain" : colour;
}

// Of a series, by point.
Markup changes_by_point(const document::BenchComparison& comparison, const MeasureChange& measure) {
  PointPlot plot{.title = fmt::format("{} after against before", measure.title),
                 .legend = change_legend(measure),
                 .unit = {},
                 .at = {},
                 .names = {},
                 .axis = comparison.workload.point.value_or("point of the series"),
                 .one = "as before",
                 .lines = {},
                 .signs = {}};
  std::set<std::uint64_t> points;
  for (const RowChange& row : comparison.rows) {
    if (!row.point) continue;
    points.insert(*row.point);
    const MeasureChange* const change = find_change(row, measure.measure);
    if (change == nullptr || !change->ratio) continue;
    const std::string name = way_name(row);
    auto line = std::ranges::find(plot.lines, name, &PlotLine::name);
    if (line == plot.lines.end())
      line = plot.lines.insert(
          line, {.name = name, .of_class = "plain", .number = plot.lines.size(), .points = {}});
    line->points.push_back({.at = *row.point,
                            .value = change->ratio->ratio,
                            .low = change->ratio->low,
                            .high = change->ratio->high,
                            .of_class = colour_of(*change)});
  }
  plot.at.assign(points.begin(), points.end());
  for (const std::uint64_t at : plot.at) plot.names.push_back(point_name(comparison.workload, at));
  for (PlotLine& line : plot.lines) std::ranges::sort(line.points, {}, &PlotPoint::at);
  return point_figure(plot);
}

Markup change_figure(const document::BenchComparison& comparison, const MeasureChange& measure) {
  if (std::ranges::any_of(comparison.rows,
                          [](const RowChange& row) { return row.point.has_value(); }))
    return changes_by_point(comparison, measure);
  std::vector<RatioMark> marks;
  for (const RowChange& row : comparison.rows) {
    const MeasureChange* const change = find_change(row, measure.measure);
    if (change == nullptr || !change->ratio) continue;
    marks.push_back({.mode = row.mode,
                     .name = row_name(row),
                     .ratio = *change->ratio,
                     .of_class = colour_of(*change)});
  }
  return ratio_figure(fmt::format("{} after against before", measure.title), change_legend(measure),
                      "as before", marks);
}

// Each measure once, by the first row that has it.
std::vector<const MeasureChange*> measures_in(const document::BenchComparison& comparison) {
  std::vector<const MeasureChange*> measures;
  for (const RowChange& row : comparison.rows) {
    for (const MeasureChange& change : row.measures) {
      if (std::ranges::none_of(measures, [&](const MeasureChange* const one) {
            return one->measure == change.measure;
          }))
        measures.push_back(&change);
    }
  }
  return measures;
}

std::string figure_cell(const std::optional<double>& figure, std::string_view unit) {
  return figure ? fmt::format("{} {}", figure_words(*figure), page_unit(unit))
                : std::string("not measured");
}

std::string path_cell(const RowChange& row) {
  if (!row.version) return "no TLS";
  const auto shown = [](const std::optional<std::string>& path) {
    return path.value_or("not measured");
  };
  if (row.path_before == row.path_after) return shown(row.path_before);
  return fmt::format("{} → {}", shown(row.path_before), shown(row.path_after));
}

Markup change_row(const RowChange& row, const MeasureChange& change) {
  std::string word = change.change;
  std::ranges::replace(word, '_', ' ');
  return element("tr",
                 cell("name", row_name(row)) + cell("nowrap", path_cell(row)) +
                     cell("nowrap", figure_cell(change.before, change.unit)) +
                     cell("nowrap", figure_cell(change.after, change.unit)) +
                     cell("nowrap", change.ratio ? ratio_words(*change.ratio) : std::string("-")) +
                     element("td", "nowrap", tag(class_of_change(change.change), word)));
}

Markup changes_table(const document::BenchComparison& comparison) {
  Markup rows;
  Markup missing;
  for (const RowChange& row : comparison.rows) {
    for (const MeasureChange& change : row.measures) rows += change_row(row, change);
    if (!row.because.empty()) missing += element("li", plain(row_name(row) + ": " + row.because));
  }
  return element("h3", plain("Before and after")) +
         table_box("changes", head_row({"Row", "Path", "Before", "After", "Times", "Change"}) +
                                  element("tbody", rows)) +
         (missing.html.empty() ? missing : element("ul", "plain", missing));
}

Markup environment_table(const document::BenchComparison& comparison) {
  if (comparison.environment.empty())
    return element("h3", plain("Environment")) +
           element("p", plain("Nothing that was recorded differs between the runs."));
  Markup rows;
  for (const document::EnvironmentDifference& one : comparison.environment)
    rows +=
        element("tr", cell("name", one.name) + cell("why", one.before) + cell("why", one.after));
  return element("h3", plain("What differs in the environment")) +
         table_box("differs", head_row({"What", "Before", "After"}) + element("tbody", rows));
}

std::string side_words(std::string_view name, const document::BenchSide& side) {
  return fmt::format("{}: {}{}{}, {} rounds, {}", name, rfc3339(side.started_at),
                     side.file.empty() ? "" : ", ", side.file, side.rounds_done, side.ending);
}

}  // namespace

Markup comparison_section(const document::BenchComparison& comparison) {
  std::string verdict = comparison.verdict;
  std::ranges::replace(verdict, '_', ' ');
  Markup notes;
  for (const std::string& note : comparison.notes) notes += element("li", plain(note));
  Markup plots;
  for (const MeasureChange* const measure : measures_in(comparison))
    plots += change_figure(comparison, *measure);
  return element("div", strip_class(comparison.verdict),
                 element("b", plain(verdict)) + element("span", plain(comparison.because))) +
         element("p", "soft",
                 plain(fmt::format("Workload {}. {}. {}.", comparison.workload.name,
                                   side_words("Before", comparison.before),
                                   side_words("After", comparison.after)))) +
         element("ul", "plain", notes) +
         (plots.html.empty() ? plots : element("div", "plots", plots)) + changes_table(comparison) +
         environment_table(comparison);
}

}  // namespace tuner
