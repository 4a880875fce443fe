#include "cli/render/bench/bench_latency.h"

#include "cli/output/text_sink.h"
#include "cli/render/bench/bench_cells.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

std::string us_cell(std::int64_t nanoseconds) {
  return figure(static_cast<double>(nanoseconds) / 1000);
}

std::string percentile_cell(const LatencyHistogram& times, double share) {
  return times.has(share) ? us_cell(times.at(share)) : "-";
}

void add_step_notes(Table& table, const BenchStart& start, const LatencyFigures& figures) {
  if (figures.generator_limited)
    table.note(
        fmt::format("limited by the generator: 1 of 100 requests was sent more than {} us "
                    "late, and the latencies contain that",
                    us_cell(figures.lag.at(0.99))));
  if (figures.dropped > 0)
    table.note(fmt::format("{} of {} requests were dropped: {} were under way", figures.dropped,
                           figures.arrivals, start.latency->most_in_flight));
}

void add_figures(Table& table, const BenchResult& result, const BenchRow& row,
                 const LatencyFigures& figures) {
  table.add({{std::string(word_of(row.variant.mode))},
             {version_cell(result, row)},
             {row.path ? std::string(tls_path_name(row.path->path())) : ""},
             {percentile_cell(figures.latency, 0.5)},
             {percentile_cell(figures.latency, 0.9)},
             {percentile_cell(figures.latency, 0.99)},
             {percentile_cell(figures.latency, 0.999)},
             {us_cell(figures.latency.max())},
             {figure(figures.latency.mean() / 1000)},
             {ratio_cell(figures.p50_to_tls), tint_of(row)},
             {ratio_cell(figures.p99_to_tls), tint_of(row)}});
  add_step_notes(table, result.start, figures);
}

// The reason and the proof of a row are those of all its steps: they stand in the first table.
Table step_table(const BenchResult& result, std::size_t step) {
  Table table({"mode", "version", "path", "p50 us", "p90", "p99", "p99.9", "max", "mean",
               "p50 to tls", "p99 to tls"});
  for (const BenchRow& row : result.rows) {
    if (row.latency[step].rounds > 0)
      add_figures(table, result, row, row.latency[step]);
    else if (step == 0)
      table.add({{std::string(word_of(row.variant.mode)), Tint::Faint},
                 {version_cell(result, row)},
                 {"not measured", Tint::Faint}});
    if (step == 0) add_notes(table, row);
  }
  return table;
}

std::string step_title(const BenchResult& result, std::size_t step) {
  const LatencyStep& load = result.start.latency->steps[step];
  const auto measured = std::ranges::find_if(
      result.rows, [&](const BenchRow& row) { return row.latency[step].rounds > 0; });
  const std::string rate =
      measured == result.rows.end()
          ? "not measured"
          : fmt::format("{:.0f} requests a second", measured->latency[step].per_second);
  return text_line("responses of {} bytes at {:g} % of the least capacity, {}:",
                   load.response_bytes, load.load / 10.0, rate);
}

}  // namespace

std::string latency_load(const LatencySetup& setup) {
  return fmt::format(
      "requests of {} bytes on {} connections at times that were fixed beforehand (seed {})",
      setup.request_bytes, setup.connections, setup.seed);
}

std::string latency_tables(const BenchResult& result, const Display& display) {
  std::string text;
  for (std::size_t step = 0; step < result.start.latency->steps.size(); ++step)
    text += step_title(result, step) + step_table(result, step).text(display);
  return text;
}

std::string hgrm_name(const BenchVariant& variant, const LatencyStep& step) {
  std::string name = variant_name(variant);
  std::ranges::replace(name, ' ', '-');
  return fmt::format("{}-{}-bytes-{:g}-percent.hgrm", name, step.response_bytes, step.load / 10.0);
}

}  // namespace tuner
