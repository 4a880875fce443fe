#include "bench/verdict.h"
#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/render/bench.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace tuner {
namespace {

std::string figure(double number) {
  return fmt::format("{:.{}f}", number, number < 10 ? 2 : 1);
}

// "0.412 (threads 0.350)": the second only if they differ by more than 5 %.
std::string cost_words(const CpuPerGb& cpu) {
  std::string words = fmt::format("{:.3f}", cpu.total());
  if (cpu.threads_differ()) words += fmt::format(" (threads {:.3f})", cpu.threads);
  return words;
}

std::string ratio_cell(const std::optional<PairedRatio>& ratio) {
  if (!ratio) return "-";
  return fmt::format("{:.2f} ({:.2f}-{:.2f})", ratio->ratio, ratio->low, ratio->high);
}

std::string counters_words(const std::map<std::string, std::int64_t>& counters) {
  std::string words;
  for (const auto& [name, moved] : counters)
    words += fmt::format("{}{} {:+}", words.empty() ? "" : ", ", name, moved);
  return words;
}

Tint tint_of(const BenchRow& row) {
  if (!row.verdict) return Tint::None;
  switch (*row.verdict) {
    case KtlsVerdict::PaysOff: return Tint::Good;
    case KtlsVerdict::Costs:
    case KtlsVerdict::Mixed: return Tint::Warning;
    case KtlsVerdict::NoDifference:
    case KtlsVerdict::NotMeasured:
    case KtlsVerdict::NotComparable: break;
  }
  return Tint::Faint;
}

// What stands below a row: why, and the proof.
void add_notes(Table& table, const BenchRow& row) {
  if (row.path && !row.path->doubt().empty()) table.note(row.path->doubt());
  if (!row.because.empty()) table.note(row.because);
  if (asks_kernel(row.variant.mode) && !row.counters.empty())
    table.note("counters: " + counters_words(row.counters));
  if (!row.nic_counters.empty())
    table.note("by the NIC's driver: " + counters_words(row.nic_counters));
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
               {cost_words(row.cpu)},
               {ratio_cell(row.speed_to_plain)},
               {ratio_cell(row.speed_to_tls), tint_of(row)},
               {ratio_cell(row.cpu_to_tls), tint_of(row)}});
    add_notes(table, row);
  }
  return table;
}

// "bulk over loopback", "bulk to 192.0.2.2:4433 by eth0"
std::string path_words(const BenchStart& start) {
  const std::string_view workload = word_of(start.workload);
  if (!start.wire) return fmt::format("{} over loopback", workload);
  const bool sends = start.wire->end == BenchEnd::Sender;
  return fmt::format(
      "{} {} {}, sent by {}", workload, sends ? "to" : "from", start.wire->peer,
      start.wire->interface.empty() ? "an unknown interface" : start.wire->interface);
}

std::string head(const BenchResult& result) {
  const BenchStart& start = result.start;
  std::string text = text_line(
      "{}, {}: {} MiB again and again, AES-128-GCM, {} KiB a call; sender on {}, receiver on {}, "
      "in {}",
      start.library, path_words(start), start.content_bytes >> 20U, start.call_bytes >> 10U,
      cpu_words(start, BenchEnd::Sender), cpu_words(start, BenchEnd::Receiver),
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
  text += rows_table(result).text(display);
  text += limits_line(result);
  for (const NotComparable& one : result.not_comparable)
    text += text_line("not comparable: {}", one.because);
  return text + text_line("{}", result.because);
}

}  // namespace tuner
