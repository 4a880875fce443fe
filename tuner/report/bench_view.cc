#include "report/bench_view.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Row = document::BenchRow;

const document::BenchLatency* find_step(const Row& row, const BenchMeasure& measure) {
  const auto found = std::ranges::find_if(row.latency, [&](const document::BenchLatency& step) {
    return step.response_bytes == measure.response_bytes && step.load == measure.load;
  });
  return found == row.latency.end() || found->rounds == 0 ? nullptr : &*found;
}

void add_latencies(std::vector<BenchMeasure>& all, const Row& row) {
  using Kind = BenchMeasure::Kind;
  for (const document::BenchLatency& step : row.latency) {
    for (const Kind kind : {Kind::MedianLatency, Kind::TailLatency}) {
      const std::string_view name = kind == Kind::MedianLatency ? "p50" : "p99";
      all.push_back(
          {.kind = kind,
           .key = fmt::format("{}_us/{}B/{}", name, step.response_bytes, step.load),
           .title = fmt::format("Latency {}, {}", name, step_words(step.response_bytes, step.load)),
           .unit = "us",
           .more_is_better = false,
           .response_bytes = step.response_bytes,
           .load = step.load});
    }
  }
}

// "22 % less", "3 % more", "as much": of what a ratio to user space says, if its interval is known.
std::string change_words(const document::BenchRatio& ratio) {
  const double percent = (ratio.ratio - 1) * 100;
  return fmt::format("{:.0f} % {} ({} to {} times)", percent < 0 ? -percent : percent,
                     percent < 0 ? "less" : "more", figure_words(ratio.low),
                     figure_words(ratio.high));
}

using RatioOf = std::optional<document::BenchRatio> (*)(const Row& row);

GuidePromise promise(std::string_view what, std::string_view promised, const document::Bench& bench,
                     RatioOf ratio_of) {
  GuidePromise promise{.what = what, .promised = promised, .measured = {}};
  for (const Row& row : bench.rows) {
    if (!took_kernel(row)) continue;
    if (const auto ratio = ratio_of(row))
      promise.measured.push_back(fmt::format("{}: {}", row_name(row), change_words(*ratio)));
  }
  return promise;
}

std::string cpu_words(const document::BenchCpu& cpu) {
  return fmt::format("CPU {}", cpu.cpu);
}

}  // namespace

std::optional<double> BenchMeasure::value(const Row& row) const {
  if (is_latency()) {
    const auto* const step = find_step(row, *this);
    if (step == nullptr) return std::nullopt;
    return kind == Kind::MedianLatency ? step->latency.p50 : step->latency.p99;
  }
  if (!row.figures) return std::nullopt;
  return kind == Kind::Throughput ? row.figures->gbit_per_second
                                  : row.figures->cpu_seconds_per_gb.total;
}

std::vector<double> BenchMeasure::rounds(const Row& row) const {
  if (is_latency()) {
    const auto* const step = find_step(row, *this);
    if (step == nullptr) return {};
    return kind == Kind::MedianLatency ? step->p50_by_round : step->p99_by_round;
  }
  if (!row.figures) return {};
  return kind == Kind::Throughput ? row.figures->rounds.gbit_per_second
                                  : row.figures->rounds.cpu_seconds_per_gb;
}

std::optional<double> BenchMeasure::bound(const Row& row) const {
  if (kind != Kind::Throughput || !row.figures) return std::nullopt;
  return row.figures->bound_gbit_per_second;
}

std::vector<BenchMeasure> measures_of(const document::Bench& bench) {
  std::vector<BenchMeasure> all{{.kind = BenchMeasure::Kind::Throughput,
                                 .key = "gbit_per_second",
                                 .title = "Throughput",
                                 .unit = "Gbit/s"},
                                {.kind = BenchMeasure::Kind::CpuTime,
                                 .key = "cpu_seconds_per_gb",
                                 .title = "CPU time",
                                 .unit = "s/GB",
                                 .more_is_better = false}};
  // Each row has the same steps, in the same order.
  const auto with_steps =
      std::ranges::find_if(bench.rows, [](const Row& row) { return !row.latency.empty(); });
  if (with_steps != bench.rows.end()) add_latencies(all, *with_steps);
  std::erase_if(all, [&](const BenchMeasure& measure) {
    return std::ranges::none_of(bench.rows,
                                [&](const Row& row) { return measure.value(row).has_value(); });
  });
  return all;
}

std::string step_words(std::uint64_t response_bytes, double load) {
  return fmt::format("{} B at {:g} % load", response_bytes, load * 100);
}

bool is_measured(const Row& row) {
  return row.rounds > 0;
}

std::string row_name(const document::BenchRow& row) {
  std::string name = row.mode;
  if (row.version) name += " " + *row.version;
  if (row.cipher) name += " " + *row.cipher;
  return name;
}

std::optional<std::string_view> asked_path(const document::BenchRow& row) {
  const auto mode = from_word<BenchMode>(row.mode);
  // A mode of a later release.
  if (!mode) return "any";
  if (!is_tls(*mode)) return std::nullopt;
  return asks_kernel(*mode) ? "kernel" : "userspace";
}

bool took_kernel(const document::BenchRow& row) {
  return row.path == "kernel" || row.path == "device";
}

std::string workload_words(const document::Bench& bench) {
  const document::BenchWorkload& workload = bench.workload;
  if (workload.latency)
    return fmt::format("requests of {} B on {} connections at times fixed beforehand, seed {}",
                       workload.latency->request_bytes, workload.latency->connections,
                       workload.latency->seed);
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
  const auto cpu = [](const Row& row) {
    return row.figures ? row.figures->cpu_to_tls : std::optional<document::BenchRatio>();
  };
  return {promise("mean latency (measured: the median)", "11 % less", bench,
                  [](const Row& row) { return row.p50_to_tls; }),
          promise("latency at the 99th percentile", "18 % less", bench,
                  [](const Row& row) { return row.p99_to_tls; }),
          promise("CPU time", "22 % less", bench, cpu)};
}

}  // namespace tuner
