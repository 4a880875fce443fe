#include "cli/render/bench/bench_series.h"

#include "bench/series.h"
#include "cli/output/text_sink.h"
#include "cli/render/bench/bench_cells.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace tuner {
namespace {

// The names of the first columns.
std::vector<std::string> name_columns(const BenchSeries& series) {
  if (series.point.empty()) return {"mode", "version", "path"};
  return {std::string(series.point), "mode", "version", "path"};
}

std::vector<Cell> name_cells(const BenchResult& result, const BenchRow& row) {
  const BenchVariant& variant = row.variant;
  std::vector<Cell> cells;
  if (variant.point) cells.push_back({std::to_string(*variant.point)});
  cells.push_back({std::string(word_of(variant.mode))});
  cells.push_back({version_cell(result, row)});
  if (row.rounds == 0) {
    cells.push_back({"not measured", Tint::Faint});
  } else {
    cells.push_back({row.path ? std::string(tls_path_name(row.path->path())) : std::string()});
  }
  return cells;
}

Table table_with(const BenchSeries& series, const std::vector<std::string>& columns) {
  std::vector<std::string> all = name_columns(series);
  all.insert(all.end(), columns.begin(), columns.end());
  return Table(std::move(all));
}

// Of a workload that counts more than bytes: records or connections a second, at each point.
Table operations_table(const BenchResult& result) {
  const BenchSeries& series = series_of(result.start.workload);
  Table table = table_with(
      series, {fmt::format("{}s/s", series.operation), "Gbit/s",
               fmt::format("CPU us/{}", series.operation), "speed to tls", "CPU to tls"});
  for (const BenchRow& row : result.rows) {
    std::vector<Cell> cells = name_cells(result, row);
    if (row.operations) {
      cells.push_back({fmt::format("{:.0f}", row.operations->per_second)});
      cells.push_back({figure(row.gbit_per_second)});
      cells.push_back({figure(row.operations->cpu_us)});
      cells.push_back({ratio_cell(row.speed_to_tls), tint_of(row)});
      cells.push_back({ratio_cell(row.cpu_to_tls), tint_of(row)});
    }
    table.add(std::move(cells));
    add_notes(table, row);
  }
  return table;
}

std::string kib_cell(const std::optional<double>& bytes) {
  return bytes ? figure(*bytes / 1024) : "-";
}

// Of a workload with many connections: what each holds, and how evenly they are served.
Table connections_table(const BenchResult& result) {
  Table table = table_with(series_of(result.start.workload),
                           {"Gbit/s", "CPU s/GB", "speed to tls", "CPU to tls", "slab KiB",
                            "buffers KiB", "user KiB", "fairness"});
  for (const BenchRow& row : result.rows) {
    std::vector<Cell> cells = name_cells(result, row);
    if (row.memory) {
      cells.push_back({figure(row.gbit_per_second)});
      cells.push_back({fmt::format("{:.3f}", row.cpu.total())});
      cells.push_back({ratio_cell(row.speed_to_tls), tint_of(row)});
      cells.push_back({ratio_cell(row.cpu_to_tls), tint_of(row)});
      cells.push_back({kib_cell(row.memory->slab)});
      cells.push_back({kib_cell(row.memory->buffers)});
      cells.push_back({figure(row.memory->user / 1024)});
      cells.push_back({row.fairness ? fmt::format("{:.3f}", *row.fairness) : "-"});
    }
    table.add(std::move(cells));
    add_notes(table, row);
  }
  return table;
}

bool has_many_connections(BenchWorkload workload) {
  return workload == BenchWorkload::Connections || workload == BenchWorkload::SlowReaders ||
         workload == BenchWorkload::Loss;
}

}  // namespace

bool has_series_table(BenchWorkload workload) {
  return has_many_connections(workload) || !series_of(workload).operation.empty();
}

std::string series_table(const BenchResult& result, const Display& display) {
  if (!has_many_connections(result.start.workload)) return operations_table(result).text(display);
  return connections_table(result).text(display) +
         text_line(
             "memory of one connection, both ends: slab by the growth of SUnreclaim of the whole "
             "host with {} connections or more, buffers by sockstat while the bytes flow, user in "
             "this program's heap",
             kFewestForSlabs);
}

}  // namespace tuner
