#include "report/bench_view.h"

#include "base/text.h"
#include "bench/series.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Row = document::BenchRow;

constexpr std::string_view kBytes = "bytes";  // a point of this unit is a size

std::string bytes_words(std::uint64_t bytes) {
  constexpr std::uint64_t kKiB = 1024;
  if (bytes < kKiB || bytes % kKiB != 0) return fmt::format("{} B", bytes);
  if (bytes < kKiB * kKiB || bytes % (kKiB * kKiB) != 0) return fmt::format("{} KiB", bytes / kKiB);
  return fmt::format("{} MiB", bytes / (kKiB * kKiB));
}

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

// A word of the document is of a closed list here: titles go to Markdown, too.
std::string_view operation_of(const document::Bench& bench) {
  for (const std::string_view known : {"record", "file", "connection"}) {
    if (bench.workload.operation == known) return known;
  }
  return "operation";
}

void add_operations(std::vector<BenchMeasure>& all, const document::Bench& bench) {
  const std::string_view operation = operation_of(bench);
  all.push_back({.kind = BenchMeasure::Kind::OperationRate,
                 .key = "operations_per_second",
                 .title = fmt::format("{}s a second", operation),
                 .unit = "1/s"});
  all.push_back({.kind = BenchMeasure::Kind::OperationCpu,
                 .key = "cpu_us_per_operation",
                 .title = fmt::format("CPU time of a {}", operation),
                 .unit = "us",
                 .more_is_better = false});
}

void add_sums(std::vector<BenchMeasure>& all) {
  for (const auto& sum : kWords<MessageSum>)
    all.push_back({.kind = BenchMeasure::Kind::Sum,
                   .key = fmt::format("{}_p50_us", sum.word),
                   .title = fmt::format("Median time {}", sum_words(sum.word)),
                   .unit = "us",
                   .more_is_better = false,
                   .sum = std::string(sum.word)});
}

const document::BenchSum* find_sum(const Row& row, std::string_view name) {
  if (!row.messages) return nullptr;
  const auto found = std::ranges::find(row.messages->sums, name, &document::BenchSum::sum);
  return found == row.messages->sums.end() ? nullptr : &*found;
}

// The rounds of a figure that is `times` another one in each round: an operation has always the
// same bytes.
std::vector<double> scaled(std::vector<double> rounds, double times) {
  if (!(times > 0 && times < 1e15)) return {};
  for (double& value : rounds) value *= times;
  return rounds;
}

std::vector<double> operation_rounds(const document::BenchFigures& figures,
                                     BenchMeasure::Kind kind) {
  if (!figures.operations) return {};
  if (kind == BenchMeasure::Kind::OperationRate)
    return scaled(figures.rounds.gbit_per_second,
                  figures.operations->per_second / figures.gbit_per_second);
  return scaled(figures.rounds.cpu_seconds_per_gb,
                figures.operations->cpu_us / figures.cpu_seconds_per_gb.total);
}

// Each figure once: a rate of operations of one size says what the throughput says. Handshakes have
// next to no bytes, so theirs is the rate.
void erase_the_same(std::vector<BenchMeasure>& all, const document::Bench& bench) {
  using Kind = BenchMeasure::Kind;
  const bool counts = std::ranges::find(all, Kind::OperationRate, &BenchMeasure::kind) != all.end();
  if (!counts) return;
  std::erase_if(all, [&](const BenchMeasure& measure) {
    return measure.kind == Kind::CpuTime ||
           measure.kind == (is_series(bench) ? Kind::OperationRate : Kind::Throughput);
  });
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
      promise.measured.push_back(fmt::format(
          "{}{}: {}", way_name(row),
          row.point ? " at " + point_name(bench.workload, *row.point) : "", change_words(*ratio)));
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
  if (kind == Kind::Sum) {
    const auto* const found = find_sum(row, sum);
    return found == nullptr ? std::nullopt : found->p50_us;
  }
  if (!row.figures) return std::nullopt;
  const auto& operations = row.figures->operations;
  switch (kind) {
    case Kind::Throughput: return row.figures->gbit_per_second;
    case Kind::CpuTime: return row.figures->cpu_seconds_per_gb.total;
    case Kind::OperationRate:
      return operations ? std::optional(operations->per_second) : std::nullopt;
    case Kind::OperationCpu: return operations ? std::optional(operations->cpu_us) : std::nullopt;
    case Kind::MedianLatency:
    case Kind::TailLatency:
    case Kind::Sum: break;
  }
  return std::nullopt;
}

std::vector<double> BenchMeasure::rounds(const Row& row) const {
  if (is_latency()) {
    const auto* const step = find_step(row, *this);
    if (step == nullptr) return {};
    return kind == Kind::MedianLatency ? step->p50_by_round : step->p99_by_round;
  }
  if (kind == Kind::Sum) {
    const auto* const found = find_sum(row, sum);
    return found == nullptr ? std::vector<double>() : found->p50_by_round;
  }
  if (!row.figures) return {};
  if (kind == Kind::Throughput) return row.figures->rounds.gbit_per_second;
  if (kind == Kind::CpuTime) return row.figures->rounds.cpu_seconds_per_gb;
  return operation_rounds(*row.figures, kind);
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
  add_operations(all, bench);
  add_sums(all);
  std::erase_if(all, [&](const BenchMeasure& measure) {
    return std::ranges::none_of(bench.rows,
                                [&](const Row& row) { return measure.value(row).has_value(); });
  });
  erase_the_same(all, bench);
  return all;
}

std::string step_words(std::uint64_t response_bytes, double load) {
  return fmt::format("{} B at {:g} % load", response_bytes, load * 100);
}

bool is_measured(const Row& row) {
  return row.rounds > 0;
}

std::string row_name(const document::BenchRow& row) {
  std::string name = way_name(row);
  if (row.point) name += fmt::format(" at {}", *row.point);
  return name;
}

std::string way_name(const document::BenchRow& row) {
  std::string name = row.mode;
  if (row.version) name += " " + *row.version;
  if (row.cipher) name += " " + *row.cipher;
  return name;
}

std::string_view mode_words(std::string_view mode) {
  const auto known = from_word<BenchMode>(mode);
  if (!known) return "a way to send that this release does not know";
  switch (*known) {
    case BenchMode::Plain: return "TCP without TLS, by send(2): the most that the path allows";
    case BenchMode::PlainSendfile: return "TCP without TLS, by sendfile(2)";
    case BenchMode::Tls: return "TLS in user space: OpenSSL encrypts in SSL_write(). The base";
    case BenchMode::TlsProxy:
      return "a proxy in user space, by SSL_read() and SSL_write(). Its base";
    case BenchMode::Ktls: return "SSL_write() with kernel TLS asked for: the kernel encrypts";
    case BenchMode::KtlsSendfile:
      return "SSL_sendfile() with kernel TLS: a file is sent without a copy in user space";
    case BenchMode::KtlsZerocopy:
      return "the same with TLS_TX_ZEROCOPY_RO, which only a NIC's offload uses";
    case BenchMode::KtlsReceive: return "SSL_read() with kernel TLS asked for: the kernel decrypts";
    case BenchMode::KtlsSplice:
      return "a proxy by splice(2), with kernel TLS at both of its sockets";
  }
  return {};
}

std::string_view stage_words(std::string_view stage) {
  const auto known = from_word<MessageStage>(stage);
  if (!known) return "not known to this release";
  switch (*known) {
    case MessageStage::NicToKernel: return "the NIC's time stamp, to the kernel's";
    case MessageStage::KernelToEpoll: return "the kernel's time stamp, to the return of epoll_wait";
    case MessageStage::EpollToRecv: return "from there to the return of recvmsg";
    case MessageStage::Decrypt: return "the rest of SSL_read()";
    case MessageStage::Parse: return "the program reads the message";
    case MessageStage::Callback: return "the program acts on it";
  }
  return {};
}

std::string_view sum_words(std::string_view sum) {
  const auto known = from_word<MessageSum>(sum);
  if (!known) return "not known to this release";
  switch (*known) {
    case MessageSum::KernelToPlainText: return "from the kernel's time stamp to plain text";
    case MessageSum::EpollToPlainText: return "from the return of epoll_wait to plain text";
    case MessageSum::KernelToDone: return "from the kernel's time stamp to the callback's end";
  }
  return {};
}

std::string point_name(const document::BenchWorkload& workload, std::uint64_t point) {
  const bool bytes = workload.point && workload.point->starts_with(kBytes);
  return bytes ? bytes_words(point) : fmt::format("{}", point);
}

std::string point_words(const document::BenchWorkload& workload, std::uint64_t point) {
  const std::string name = point_name(workload, point);
  if (!workload.point) return name;
  if (workload.point->starts_with(kBytes)) return name + workload.point->substr(kBytes.size());
  return name + " " + *workload.point;
}

bool is_series(const document::Bench& bench) {
  return std::ranges::any_of(bench.rows, [](const Row& row) { return row.point.has_value(); });
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
  const auto known = from_word<BenchWorkload>(workload.name);
  if (known == BenchWorkload::Messages && workload.call_bytes)
    return fmt::format("one message of {} at a time", bytes_words(*workload.call_bytes));
  if (known && !series_load(*known).empty()) return std::string(series_load(*known));
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

std::string page_unit(std::string_view unit) {
  return unit == "us" ? "µs" : std::string(unit);
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
