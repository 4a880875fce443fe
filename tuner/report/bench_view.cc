#include "report/bench_view.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using Row = document::BenchRow;

// A row of another workload has no such figures.
constexpr std::array kMeasures{
    BenchMeasure{.key = "gbit_per_second",
                 .title = "Throughput",
                 .unit = "Gbit/s",
                 .value = [](const Row& row) -> std::optional<double> {
                   if (!row.figures) return std::nullopt;
                   return row.figures->gbit_per_second;
                 },
                 .rounds =
                     [](const Row& row) {
                       return row.figures ? row.figures->rounds.gbit_per_second
                                          : std::vector<double>();
                     },
                 .bound = [](const Row& row) -> std::optional<double> {
                   if (!row.figures) return std::nullopt;
                   return row.figures->bound_gbit_per_second;
                 }},
    BenchMeasure{.key = "cpu_seconds_per_gb",
                 .title = "CPU time",
                 .unit = "s/GB",
                 .more_is_better = false,
                 .value = [](const Row& row) -> std::optional<double> {
                   if (!row.figures) return std::nullopt;
                   return row.figures->cpu_seconds_per_gb.total;
                 },
                 .rounds =
                     [](const Row& row) {
                       return row.figures ? row.figures->rounds.cpu_seconds_per_gb
                                          : std::vector<double>();
                     },
                 .bound = [](const Row&) { return std::optional<double>(); }}};

// "22 % less", "3 % more", "as much": of what a ratio to user space says, if its interval is known.
std::string change_words(const document::BenchRatio& ratio) {
  const double percent = (ratio.ratio - 1) * 100;
  return fmt::format("{:.0f} % {} ({} to {} times)", percent < 0 ? -percent : percent,
                     percent < 0 ? "less" : "more", figure_words(ratio.low),
                     figure_words(ratio.high));
}

GuidePromise cpu_promise(const document::Bench& bench) {
  GuidePromise promise{.what = "CPU time", .promised = "22 % less", .measured = {}};
  for (const Row& row : bench.rows) {
    if (!took_kernel(row) || !row.figures || !row.figures->cpu_to_tls) continue;
    promise.measured.push_back(
        fmt::format("{}: {}", row_name(row), change_words(*row.figures->cpu_to_tls)));
  }
  return promise;
}

std::string cpu_words(const document::BenchCpu& cpu) {
  return fmt::format("CPU {}", cpu.cpu);
}

}  // namespace

std::span<const BenchMeasure> bench_measures() {
  return kMeasures;
}

const BenchMeasure* find_measure(std::string_view key) {
  const auto* const found = std::ranges::find(kMeasures, key, &BenchMeasure::key);
  return found == kMeasures.end() ? nullptr : found;
}

std::vector<const BenchMeasure*> measures_of(const document::Bench& bench) {
  std::vector<const BenchMeasure*> measures;
  for (const BenchMeasure& measure : kMeasures) {
    if (std::ranges::any_of(bench.rows,
                            [&](const Row& row) { return measure.value(row).has_value(); }))
      measures.push_back(&measure);
  }
  return measures;
}

std::string row_name(const document::BenchRow& row) {
  std::string name = row.mode;
  if (row.version) name += " " + *row.version;
  if (row.cipher) name += " " + *row.cipher;
  return name;
}

std::optional<std::string_view> asked_path(const document::BenchRow& row) {
  const auto mode = from_word<BenchMode>(row.mode);
  if (!mode) return "any";
  if (!is_tls(*mode)) return std::nullopt;
  return asks_kernel(*mode) ? "kernel" : "userspace";
}

bool took_kernel(const document::BenchRow& row) {
  return row.path == "kernel" || row.path == "device";
}

std::string workload_words(const document::Bench& bench) {
  const document::BenchWorkload& workload = bench.workload;
  if (!workload.content_bytes || !workload.call_bytes) return workload.name;
  return fmt::format("{} MiB again and again, {} KiB a call", *workload.content_bytes >> 20U,
                     *workload.call_bytes >> 10U);
}

std::string counters_words(const document::Counters& counters) {
  std::vector<std::string> words;
  for (const auto& [name, moved] : counters) words.push_back(fmt::format("{} {:+}", name, moved));
  return join(words, ", ");
}

std::vector<BenchFact> environment_of(const SavedDocument& document, const document::Bench& bench) {
  std::vector<BenchFact> facts{
      {"host", document.hostname},
      {"kernel", document.kernel},
      {"boot", document.boot_id},
      {"TLS library", bench.library},
      {"ktls-tuner", document.tool_version},
      {"emulated CPU", document.emulated ? "yes" : "no"},
      {"network namespace", bench.own_namespace ? "of its own" : "the host's"},
      {"sender", cpu_words(bench.sender)},
      {"receiver", cpu_words(bench.receiver)},
      {"time of a measurement", fmt::format("{:.2f} s", bench.workload.round_seconds)}};
  std::vector<std::string> reasons;
  for (const document::BenchReason& reason : bench.not_comparable) reasons.push_back(reason.reason);
  facts.push_back({"not comparable", reasons.empty() ? "no reason" : join(reasons, ", ")});
  return facts;
}

std::string figure_words(double figure) {
  const int digits = figure < 1 ? 3 : figure < 10 ? 2 : figure < 100 ? 1 : 0;
  return fmt::format("{:.{}f}", figure, digits);
}

std::string ratio_words(const document::BenchRatio& ratio) {
  return fmt::format("{} times ({} to {})", figure_words(ratio.ratio), figure_words(ratio.low),
                     figure_words(ratio.high));
}

std::vector<GuidePromise> guide_promises(const document::Bench& bench) {
  return {{.what = "mean latency", .promised = "11 % less", .measured = {}},
          {.what = "latency at the 99th percentile", .promised = "18 % less", .measured = {}},
          cpu_promise(bench)};
}

}  // namespace tuner
