#include "report/bench_markdown.h"

#include "base/text.h"
#include "model/text_sinks.h"
#include "report/bench_comparison.h"
#include "report/bench_view.h"
#include "report/markdown_parts.h"

#include <fmt/format.h>

namespace tuner {
namespace {

using Row = document::BenchRow;

std::string measure_cell(const Row& row, const BenchMeasure& measure) {
  const auto value = measure.value(row);
  if (!value) return "-";
  std::string words = figure_words(*value);
  if (const auto centre = centre_of(measure.rounds(row)))
    words += fmt::format(" ({} to {})", figure_words(centre->low), figure_words(centre->high));
  return words;
}

std::string ratio_cell(const Row& row,
                       std::optional<document::BenchRatio> document::BenchFigures::*ratio) {
  if (!row.figures || !((*row.figures).*ratio)) return "-";
  return ratio_words(*((*row.figures).*ratio));
}

std::string rows_table(const document::Bench& bench) {
  const auto measures = measures_of(bench);
  std::vector<std::string> heads{"row", "asked", "got"};
  for (const BenchMeasure* const measure : measures)
    heads.push_back(fmt::format("{}, {}", measure->title, measure->unit));
  heads.insert(heads.end(), {"throughput to user space", "CPU time to user space", "why"});
  std::string text = markdown_head(heads);
  for (const Row& row : bench.rows) {
    std::vector<std::string> cells{
        for_markdown(row_name(row)), std::string(asked_path(row).value_or("no TLS")),
        for_markdown(!row.figures ? "not measured" : row.path.value_or("no TLS"))};
    for (const BenchMeasure* const measure : measures) cells.push_back(measure_cell(row, *measure));
    cells.push_back(ratio_cell(row, &document::BenchFigures::speed_to_tls));
    cells.push_back(ratio_cell(row, &document::BenchFigures::cpu_to_tls));
    std::string why = row.because;
    if (!row.counters.empty())
      why += (why.empty() ? "counters: " : "; counters: ") + counters_words(row.counters);
    cells.push_back(for_markdown(why));
    text += markdown_row(cells);
  }
  return text + "\n";
}

std::string promises_table(const document::Bench& bench) {
  std::string text =
      markdown_head({"the guide's promise, without a source", "promised", "measured here"});
  for (const GuidePromise& promise : guide_promises(bench))
    text += markdown_row({std::string(promise.what), std::string(promise.promised),
                          promise.measured.empty() ? "not measured by this run"
                                                   : for_markdown(join(promise.measured, "; "))});
  return text + "\n";
}

}  // namespace

std::string bench_markdown(const SavedDocument& document) {
  const document::Bench& bench = *document.bench;
  std::string text = fmt::format(
      "**{}**: {}\n\nWorkload {}: {}; {} of {} rounds, {}.\n\n", for_markdown(bench.verdict),
      for_markdown(bench.because), for_markdown(bench.workload.name), workload_words(bench),
      bench.rounds_done, bench.workload.rounds_planned, for_markdown(bench.ending));
  text += rows_table(bench);
  for (const document::BenchReason& reason : bench.not_comparable)
    text += fmt::format("- not comparable: {}\n", for_markdown(reason.because));
  text += "\n" + promises_table(bench) + markdown_head({"environment", ""});
  for (const BenchFact& fact : environment_of(document, bench))
    text += markdown_row({for_markdown(fact.name), for_markdown(fact.value)});
  return text + "\n";
}

std::string comparison_markdown(const document::BenchComparison& comparison) {
  const auto shown = [](const std::optional<double>& value) {
    return value ? figure_words(*value) : std::string("-");
  };
  std::string text = fmt::format("**{}**: {}\n\n", for_markdown(comparison.verdict),
                                 for_markdown(comparison.because));
  for (const std::string& note : comparison.notes) text += for_markdown(note) + "\n\n";
  text += markdown_head(
      {"row", "path before", "path after", "figure", "before", "after", "times", "change"});
  for (const document::RowChange& row : comparison.rows) {
    for (const document::MeasureChange& change : row.measures)
      text += markdown_row(
          {for_markdown(row_name(row)), for_markdown(row.path_before.value_or("none")),
           for_markdown(row.path_after.value_or("none")), for_markdown(change.measure),
           shown(change.before), shown(change.after),
           change.ratio ? ratio_words(*change.ratio) : "-", for_markdown(change.change)});
  }
  text += "\n" + markdown_head({"environment", "before", "after"});
  for (const document::EnvironmentDifference& one : comparison.environment)
    text +=
        markdown_row({for_markdown(one.name), for_markdown(one.before), for_markdown(one.after)});
  return text + "\n";
}

}  // namespace tuner
