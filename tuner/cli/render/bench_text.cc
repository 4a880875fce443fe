#include "cli/output/text_sink.h"
#include "cli/render/bench.h"
#include "cli/render/bench_cells.h"
#include "cli/render/bench_latency.h"
#include "cli/render/bench_messages.h"

#include <fmt/format.h>

#include <string_view>

namespace tuner {
namespace {

// "0.412 (threads 0.350)": the second only if they differ by more than 5 %.
std::string cpu_words(const CpuPerGb& cpu) {
  std::string words = fmt::format("{:.3f}", cpu.total());
  if (cpu.threads_differ()) words += fmt::format(" (threads {:.3f})", cpu.threads);
  return words;
}

Table rows_table(const BenchResult& result) {
  Table table({"mode", "version", "path", "Gbit/s", "of bound", "CPU s/GB", "speed to plain",
               "speed to tls", "CPU to tls"});
  for (const BenchRow& row : result.rows) {
    const std::string version =
        row.variant.version ? std::string(word_of(*row.variant.version)) : "";
    if (row.rounds == 0) {
      table.add({{std::string(word_of(row.variant.mode)), Tint::Faint},
                 {version},
                 {"not measured", Tint::Faint}});
      add_notes(table, row);
      continue;
    }
    table.add({{std::string(word_of(row.variant.mode))},
               {version},
               {row.path ? std::string(tls_path_name(row.path->path())) : ""},
               {figure(row.gbit_per_second)},
               {row.share_of_bound ? fmt::format("{:.0f} %", *row.share_of_bound * 100) : ""},
               {cpu_words(row.cpu)},
               {ratio_cell(row.speed_to_plain)},
               {ratio_cell(row.speed_to_tls), tint_of(row)},
               {ratio_cell(row.cpu_to_tls), tint_of(row)}});
    add_notes(table, row);
  }
  return table;
}

std::string load_words(const BenchStart& start) {
  if (start.latency) return latency_load(*start.latency);
  if (start.workload == BenchWorkload::Messages)
    return fmt::format("one message of {} bytes at a time, AES-128-GCM", start.call_bytes);
  return fmt::format("{} MiB again and again, AES-128-GCM, {} KiB a call",
                     start.content_bytes >> 20U, start.call_bytes >> 10U);
}

std::string head(const BenchResult& result) {
  const BenchStart& start = result.start;
  std::string text = text_line(
      "{}, {} over loopback: {}; sender on CPU {}, receiver on CPU {}, in {}", start.library,
      word_of(start.workload), load_words(start), start.cpus[0], start.cpus[1],
      start.own_namespace ? "a network namespace of its own" : "this network namespace");
  text += text_line("{} of {} rounds of {:.2f} s a row{}", result.rounds_done, start.rounds,
                    static_cast<double>(start.round_ns) / 1e9,
                    result.ending == BenchEnding::Complete
                        ? ""
                        : fmt::format(": {}", result.ending == BenchEnding::OutOfTime
                                                  ? std::string("the time was over")
                                                  : std::string(word_of(result.ending))));
  return text;
}

std::string limits_line(const BenchResult& result) {
  const auto shown = [](const std::optional<double>& limit) {
    return limit ? figure(*limit) : std::string("-");
  };
  return text_line(
      "one CPU can: copy {} Gbit/s, seal AES-128-GCM {} Gbit/s, open it {} Gbit/s; the bound of a "
      "row is 1 / (1/AES + 1/plain)",
      shown(result.limits[0]), shown(result.limits[1]), shown(result.limits[2]));
}

}  // namespace

std::string bench_text(const BenchResult& result, const Display& display) {
  std::string text = head(result);
  if (result.start.latency)
    text += latency_tables(result, display);
  else if (result.start.workload == BenchWorkload::Messages)
    text += messages_text(result, display);
  else
    text += rows_table(result).text(display) + limits_line(result);
  for (const NotComparable& one : result.not_comparable)
    text += text_line("not comparable: {}", one.because);
  return text + text_line("{}", result.because);
}

}  // namespace tuner
