#include "bench/series.h"
#include "bench/verdict.h"
#include "cli/output/text_sink.h"
#include "cli/render/bench/bench.h"
#include "cli/render/bench/bench_cells.h"
#include "cli/render/bench/bench_latency.h"
#include "cli/render/bench/bench_messages.h"
#include "cli/render/bench/bench_series.h"

#include <fmt/format.h>

#include <map>
#include <string_view>

namespace tuner {
namespace {

// "0.412 (threads 0.350)": the second only if they differ by more than 5 %.
std::string cost_words(const CpuPerGb& cpu) {
  std::string words = fmt::format("{:.3f}", cpu.total());
  if (cpu.threads_differ()) words += fmt::format(" (threads {:.3f})", cpu.threads);
  return words;
}

// "per KiB: 812.4 cycles, 1650.1 instructions"; empty: nothing was counted. Context switches are in
// the document alone: they explain, and cost what the others say.
std::string counted_words(const BenchRow& row) {
  std::string words;
  for (const Word<BenchCount>& count : kWords<BenchCount>) {
    const auto& per_byte = row.per_byte[static_cast<std::size_t>(count.value)];
    if (per_byte && count.value != BenchCount::ContextSwitches)
      words += fmt::format("{} {} {}", words.empty() ? "per KiB:" : ",", figure(*per_byte * 1024),
                           count.word);
  }
  return words;
}

// Those with one reason stand together.
std::string uncounted_lines(const BenchResult& result) {
  std::map<std::string, std::string> counts;
  for (const CountRefusal& one : result.start.counts_refused) {
    std::string& words = counts[one.because];
    words += fmt::format("{}{}", words.empty() ? "" : ", ", word_of(one.count));
  }
  std::string text;
  for (const auto& [because, words] : counts)
    text += text_line("not counted: {}: {}", words, because);
  return text;
}

Table rows_table(const BenchResult& result) {
  Table table({"mode", "version", "path", "Gbit/s", "of bound", "CPU s/GB", "%CPU per Gbit/s",
               "speed to plain", "speed to tls", "CPU to tls"});
  for (const BenchRow& row : result.rows) {
    const std::string version = version_cell(result, row);
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
               {figure(row.cpu.percent_per_gbit())},
               {ratio_cell(row.speed_to_plain)},
               {ratio_cell(row.speed_to_tls), tint_of(row)},
               {ratio_cell(row.cpu_to_tls), tint_of(row)}});
    add_notes(table, row);
    if (const std::string counted = counted_words(row); !counted.empty()) table.note(counted);
  }
  return table;
}

std::string load_words(const BenchStart& start) {
  if (start.latency) return latency_load(*start.latency);
  if (start.workload == BenchWorkload::Messages)
    return fmt::format("one message of {} bytes at a time, AES-128-GCM", start.call_bytes);
  if (has_series_table(start.workload)) return std::string(series_load(start.workload));
  return fmt::format("{} MiB again and again, {} KiB a call", start.content_bytes >> 20U,
                     start.call_bytes >> 10U);
}

// "bulk over loopback", "bulk to 192.0.2.2:4433 by eth0"
std::string workload_words(const BenchStart& start) {
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
      "{}, {}: {}; sender on {}, receiver on {}, in {}", start.library, workload_words(start),
      load_words(start), cpu_words(start, BenchEnd::Sender), cpu_words(start, BenchEnd::Receiver),
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

std::string limits_lines(const BenchResult& result) {
  const auto shown = [&](BenchLimit limit) {
    const auto& found = result.limits[static_cast<std::size_t>(limit)];
    return found ? figure(*found) : std::string("-");
  };
  std::string text = fmt::format("one CPU can: copy {} Gbit/s", shown(BenchLimit::MemoryCopy));
  for (const TlsCipher cipher : ciphers_of(result)) {
    const CipherLimits limits = limits_of(cipher);
    text += fmt::format(", seal {} {} Gbit/s, open it {} Gbit/s, seal it by the kernel {} Gbit/s",
                        word_of(cipher), shown(limits.seal), shown(limits.open),
                        shown(limits.kernel_seal));
  }
  // One CPU encrypts a byte and then sends it, so the times of both add up.
  text = text_line("{}; the bound of a row is 1 / (1/cipher + 1/plain)", text);
  for (const LimitRefusal& one : result.start.limits_refused)
    text += text_line("not measured: {}: {}", word_of(one.limit), one.because);
  return text;
}

}  // namespace

std::string bench_text(const BenchResult& result, const Display& display) {
  std::string text = head(result);
  if (result.start.latency)
    text += latency_tables(result, display);
  else if (has_series_table(result.start.workload))
    text += series_table(result, display);
  else if (result.start.workload == BenchWorkload::Messages)
    text += messages_text(result, display);
  else
    text += rows_table(result).text(display) + limits_lines(result) + uncounted_lines(result);
  for (const NotComparable& one : result.not_comparable)
    text += text_line("not comparable: {}", one.because);
  return text + text_line("{}", result.because);
}

}  // namespace tuner
