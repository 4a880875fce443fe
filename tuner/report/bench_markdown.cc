#include "report/bench_markdown.h"

#include "base/text.h"
#include "model/text_sinks.h"
#include "report/bench_comparison.h"
#include "report/bench_view.h"
#include "report/markdown_parts.h"

#include <fmt/format.h>

#include <algorithm>

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

std::string ratio_cell(const std::optional<document::BenchRatio>& ratio) {
  return ratio ? ratio_words(*ratio) : "-";
}

std::string why_cell(const Row& row) {
  std::string why = row.because;
  if (!row.counters.empty())
    why += (why.empty() ? "counters: " : "; counters: ") + counters_words(row.counters);
  return for_markdown(why);
}

std::vector<std::string> path_cells(const Row& row) {
  return {for_markdown(row_name(row)), std::string(asked_path(row).value_or("no TLS")),
          for_markdown(!is_measured(row) ? "not measured" : row.path.value_or("no TLS"))};
}

std::string bulk_table(const document::Bench& bench) {
  const auto measures = measures_of(bench);
  std::vector<std::string> heads{"row", "asked", "got"};
  for (const BenchMeasure& measure : measures)
    heads.push_back(fmt::format("{}, {}", measure.title, measure.unit));
  heads.insert(heads.end(), {"throughput to user space", "CPU time to user space", "why"});
  std::string text = markdown_head(heads);
  for (const Row& row : bench.rows) {
    std::vector<std::string> cells = path_cells(row);
    for (const BenchMeasure& measure : measures) cells.push_back(measure_cell(row, measure));
    cells.push_back(ratio_cell(row.figures ? row.figures->speed_to_tls : std::nullopt));
    cells.push_back(ratio_cell(row.figures ? row.figures->cpu_to_tls : std::nullopt));
    cells.push_back(why_cell(row));
    text += markdown_row(cells);
  }
  return text + "\n";
}

std::string time_cell(const std::optional<double>& microseconds) {
  return microseconds ? figure_words(*microseconds) : "-";
}

// A line for each size and load: as columns they would be too many.
std::string latency_table(const document::Bench& bench) {
  std::string text = markdown_head({"row", "asked", "got", "responses", "p50, us", "p99, us",
                                    "max, us", "p50 to user space", "p99 to user space", "why"});
  for (const Row& row : bench.rows) {
    for (const document::BenchLatency& step : row.latency) {
      std::vector<std::string> cells = path_cells(row);
      cells.insert(cells.end(),
                   {step_words(step.response_bytes, step.load), time_cell(step.latency.p50),
                    time_cell(step.latency.p99), figure_words(step.latency.max),
                    ratio_cell(step.p50_to_tls), ratio_cell(step.p99_to_tls),
                    (step.generator_limited ? "limited by the generator; " : "") + why_cell(row)});
      text += markdown_row(cells);
    }
    if (!is_measured(row)) {
      std::vector<std::string> cells = path_cells(row);
      cells.insert(cells.end(), 6, "-");
      cells.push_back(why_cell(row));
      text += markdown_row(cells);
    }
  }
  return text + "\n";
}

// A line for each stage and sum: what is not visible has its reason.
std::string messages_table(const document::Bench& bench) {
  std::string text = markdown_head({"row", "asked", "got", "time", "messages", "p50, us", "p99, us",
                                    "p50 to user space", "why"});
  const auto add = [&](const Row& row, const std::string& name, const auto& part,
                       const std::string& ratio) {
    std::vector<std::string> cells = path_cells(row);
    cells.insert(cells.end(),
                 {for_markdown(name), fmt::format("{}", part.count), time_cell(part.p50_us),
                  time_cell(part.p99_us), ratio, for_markdown(part.because)});
    text += markdown_row(cells);
  };
  for (const Row& row : bench.rows) {
    if (!row.messages) {
      std::vector<std::string> cells = path_cells(row);
      cells.insert(cells.end(), 5, "-");
      cells.push_back(why_cell(row));
      text += markdown_row(cells);
      continue;
    }
    for (const document::BenchStage& stage : row.messages->stages)
      add(row, stage.stage, stage, "-");
    for (const document::BenchSum& sum : row.messages->sums)
      add(row, sum.sum, sum, ratio_cell(sum.to_tls));
  }
  return text + "\n";
}

bool has_messages(const document::Bench& bench) {
  return std::ranges::any_of(bench.rows, [](const Row& row) { return row.messages.has_value(); });
}

std::string rows_table(const document::Bench& bench) {
  if (has_messages(bench)) return messages_table(bench);
  return bench.workload.latency ? latency_table(bench) : bulk_table(bench);
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
