#include "cli/render/saved_bench_text.h"

#include "base/rfc3339.h"
#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "report/bench_comparison.h"
#include "report/bench_view.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Row = document::BenchRow;

std::string ratio_cell(const std::optional<document::BenchRatio>& ratio) {
  if (!ratio) return "-";
  return fmt::format("{} ({}-{})", figure_words(ratio->ratio), figure_words(ratio->low),
                     figure_words(ratio->high));
}

void add_row(Table& table, const Row& row, const std::vector<const BenchMeasure*>& measures) {
  std::vector<Cell> cells{{row_name(row)}};
  if (!row.figures) {
    cells.push_back({"not measured", Tint::Faint});
  } else {
    cells.push_back({row.path.value_or("")});
    for (const BenchMeasure* const measure : measures) {
      const auto value = measure->value(row);
      cells.push_back({value ? figure_words(*value) : "-"});
    }
    cells.push_back({ratio_cell(row.figures->speed_to_tls)});
    cells.push_back({ratio_cell(row.figures->cpu_to_tls)});
  }
  table.add(std::move(cells));
  if (!row.because.empty()) table.note(row.because);
  if (asked_path(row) == "kernel" && !row.counters.empty())
    table.note("counters: " + counters_words(row.counters));
}

std::string path_words(const document::RowChange& row) {
  const std::string before = row.path_before.value_or("");
  const std::string after = row.path_after.value_or("");
  if (before == after) return before;
  return fmt::format("{}, then {}", before.empty() ? "none" : before,
                     after.empty() ? "none" : after);
}

std::string change_words(std::string word) {
  std::ranges::replace(word, '_', ' ');
  return word;
}

Tint tint_of_change(std::string_view change) {
  if (change == "better") return Tint::Good;
  return change == "worse" ? Tint::Warning : Tint::Faint;
}

std::string side_words(const document::BenchSide& side) {
  return fmt::format("{} ({}, {} rounds)", side.file.empty() ? "this run" : side.file,
                     rfc3339(side.started_at), side.rounds_done);
}

}  // namespace

std::string saved_bench_text(const SavedDocument& document, const Display& display) {
  const document::Bench& bench = *document.bench;
  std::string text = text_line("{}, workload {}: {}; {} of {} rounds, {}", bench.library,
                               bench.workload.name, workload_words(bench), bench.rounds_done,
                               bench.workload.rounds_planned, bench.ending);
  const auto measures = measures_of(bench);
  std::vector<std::string> heads{"row", "path"};
  for (const BenchMeasure* const measure : measures) heads.emplace_back(measure->unit);
  heads.insert(heads.end(), {"speed to tls", "CPU to tls"});
  Table table(heads);
  for (const Row& row : bench.rows) add_row(table, row, measures);
  text += table.text(display);
  for (const document::BenchReason& reason : bench.not_comparable)
    text += text_line("not comparable: {}", reason.because);
  return text + text_line("{}", bench.because);
}

std::string comparison_text(const document::BenchComparison& comparison, const Display& display) {
  Table table({"row", "path", "unit", "before", "after", "times", "change"});
  for (const document::RowChange& row : comparison.rows) {
    for (const document::MeasureChange& change : row.measures)
      table.add({{row_name(row)},
                 {path_words(row)},
                 {change.unit},
                 {change.before ? figure_words(*change.before) : "-"},
                 {change.after ? figure_words(*change.after) : "-"},
                 {ratio_cell(change.ratio)},
                 {change_words(change.change), tint_of_change(change.change)}});
    if (row.measures.empty()) table.add({{row_name(row)}, {"not measured", Tint::Faint}});
    if (!row.because.empty()) table.note(row.because);
  }
  std::string text = text_line("before: {}, after: {}", side_words(comparison.before),
                               side_words(comparison.after)) +
                     table.text(display);
  for (const document::EnvironmentDifference& one : comparison.environment)
    text += text_line("differs: {}: {}, then {}", one.name, one.before, one.after);
  for (const std::string& note : comparison.notes) text += text_line("note: {}", note);
  return text + text_line("{}: {}", change_words(comparison.verdict), comparison.because);
}

}  // namespace tuner
