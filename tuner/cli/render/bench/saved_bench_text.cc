#include "cli/render/bench/saved_bench_text.h"

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

void add_saved_notes(Table& table, const Row& row) {
  if (!row.because.empty()) table.note(row.because);
  if (asked_path(row) == "kernel" && !row.counters.empty())
    table.note("counters: " + counters_words(row.counters));
}

Table bulk_table(const document::Bench& bench) {
  const auto measures = measures_of(bench);
  std::vector<std::string> heads{"row", "path"};
  for (const BenchMeasure& measure : measures) heads.push_back(measure.unit);
  heads.insert(heads.end(), {"speed to tls", "CPU to tls"});
  Table table(heads);
  for (const Row& row : bench.rows) {
    std::vector<Cell> cells{{row_name(row)}};
    cells.push_back(row.figures ? Cell{row.path.value_or("")} : Cell{"not measured", Tint::Faint});
    for (const BenchMeasure& measure : measures) {
      const auto value = measure.value(row);
      cells.push_back({value ? figure_words(*value) : ""});
    }
    if (row.figures) {
      cells.push_back({ratio_cell(row.figures->speed_to_tls)});
      cells.push_back({ratio_cell(row.figures->cpu_to_tls)});
    }
    table.add(std::move(cells));
    add_saved_notes(table, row);
  }
  return table;
}

Table latency_table(const document::Bench& bench) {
  Table table(
      {"row", "path", "responses", "p50 us", "p99 us", "max us", "p50 to tls", "p99 to tls"});
  const auto time = [](const std::optional<double>& us) { return us ? figure_words(*us) : "-"; };
  for (const Row& row : bench.rows) {
    if (!is_measured(row)) table.add({{row_name(row)}, {"not measured", Tint::Faint}});
    for (const document::BenchLatency& step : row.latency) {
      if (step.rounds == 0) continue;
      table.add({{row_name(row)},
                 {row.path.value_or("")},
                 {step_words(step.response_bytes, step.load)},
                 {time(step.latency.p50)},
                 {time(step.latency.p99)},
                 {figure_words(step.latency.max)},
                 {ratio_cell(step.p50_to_tls)},
                 {ratio_cell(step.p99_to_tls)}});
      if (step.generator_limited) table.note("limited by the generator");
    }
    if (!is_measured(row) || !row.latency.empty()) add_saved_notes(table, row);
  }
  return table;
}

bool has_messages(const document::Bench& bench) {
  return std::ranges::any_of(bench.rows, [](const Row& row) { return row.messages.has_value(); });
}

// A line for each stage and sum.
Table messages_table(const document::Bench& bench) {
  Table table({"row", "path", "time", "p50 us", "p99 us", "p50 to tls"});
  const auto time = [](const std::optional<double>& us) { return us ? figure_words(*us) : "-"; };
  for (const Row& row : bench.rows) {
    if (!row.messages) table.add({{row_name(row)}, {"not measured", Tint::Faint}});
    const document::BenchMessages none;
    const document::BenchMessages& messages = row.messages ? *row.messages : none;
    const auto add = [&](const std::string& name, const auto& part, const std::string& ratio) {
      table.add({{row_name(row)},
                 {row.path.value_or("")},
                 {name},
                 {time(part.p50_us)},
                 {time(part.p99_us)},
                 {ratio}});
      if (!part.because.empty()) table.note(part.because);
    };
    for (const document::BenchStage& stage : messages.stages) add(stage.stage, stage, "");
    for (const document::BenchSum& sum : messages.sums) add(sum.sum, sum, ratio_cell(sum.to_tls));
    add_saved_notes(table, row);
  }
  return table;
}

Table rows_table(const document::Bench& bench) {
  if (has_messages(bench)) return messages_table(bench);
  return bench.workload.latency ? latency_table(bench) : bulk_table(bench);
}

std::string row_path_words(const document::RowChange& row) {
  std::string before = row.path_before.value_or("");
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
  text += rows_table(bench).text(display);
  for (const document::BenchReason& reason : bench.not_comparable)
    text += text_line("not comparable: {}", reason.because);
  return text + text_line("{}", bench.because);
}

std::string comparison_text(const document::BenchComparison& comparison, const Display& display) {
  Table table({"row", "path", "figure", "before", "after", "times", "change"});
  for (const document::RowChange& row : comparison.rows) {
    for (const document::MeasureChange& change : row.measures)
      table.add({{row_name(row)},
                 {row_path_words(row)},
                 {fmt::format("{}, {}", change.title, change.unit)},
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
