#include "bench/verdict.h"

#include "base/text.h"
#include "bench/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tuner {
namespace {

constexpr int kMuchOtherLoad = 50;  // thousandths of a CPU

const NotComparable* voiding(std::span<const NotComparable> doubts) {
  const auto found = std::ranges::find_if(doubts, &NotComparable::voids);
  return found == doubts.end() ? nullptr : &*found;
}

bool is_difference(const std::optional<PairedRatio>& ratio) {
  const Difference difference = difference_of(ratio);
  return difference == Difference::Higher || difference == Difference::Lower;
}

// What the ratios of a row say together.
struct Balance {
  bool known = false;  // at least one ratio has an interval
  bool gains = false;
  bool loses = false;

  // `better`: the direction that is a gain.
  void add(const std::optional<PairedRatio>& ratio, Difference better) {
    const Difference difference = difference_of(ratio);
    known = known || difference != Difference::Unknown;
    if (!is_difference(ratio)) return;
    (difference == better ? gains : loses) = true;
  }
};

Balance balance_of(const BenchRow& row) {
  Balance balance;
  balance.add(row.speed_to_tls, Difference::Higher);
  balance.add(row.cpu_to_tls, Difference::Lower);
  balance.add(row.p50_to_tls, Difference::Lower);
  balance.add(row.p99_to_tls, Difference::Lower);
  if (row.messages) balance.add(row.messages->judged_ratio(), Difference::Lower);
  return balance;
}

bool in_kernel(const BenchRow& row) {
  return row.path && (*row.path == TlsPath::Kernel || *row.path == TlsPath::Device);
}

// A row without the zero copy that it asked for is ktls-sendfile, and does not count twice.
bool copies(const BenchRow& row) {
  return row.variant.mode == BenchMode::KtlsZerocopy && *row.path != TlsPath::Device;
}

// " takes 1.1 times (1.0 to 1.2) the time of user space from the kernel to plain text"
std::string message_words(const MessageFigures& messages) {
  const auto& ratio = messages.judged_ratio();
  if (!ratio) return {};
  return fmt::format(
      " takes {} the time of user space from {} to plain text", ratio_words(*ratio),
      messages.judged_sum() == MessageSum::KernelToPlainText ? "the kernel" : "epoll_wait");
}

// "ktls TLSv1.3 AES-128-GCM has 0.95 times (0.94 to 0.96) the throughput of user space and 1.1
// times (1.0 to 1.2) its CPU time per GB"
std::string comparison_of(const BenchRow& row, std::string_view operation) {
  std::string words = variant_name(row.variant);
  if (row.messages) return words + message_words(*row.messages);
  const std::string speed =
      operation.empty() ? "the throughput" : fmt::format("the {}s a second", operation);
  const std::string cpu = operation.empty() ? "per GB" : fmt::format("a {}", operation);
  if (row.speed_to_tls)
    words += fmt::format(" has {} {} of user space", ratio_words(*row.speed_to_tls), speed);
  if (row.cpu_to_tls)
    words += fmt::format("{} {} its CPU time {}", row.speed_to_tls ? " and" : " takes",
                         ratio_words(*row.cpu_to_tls), cpu);
  if (row.p50_to_tls)
    words += fmt::format(" has {} the median latency of user space", ratio_words(*row.p50_to_tls));
  if (row.p99_to_tls)
    words += fmt::format("{} {} its 99th percentile of latency", row.p50_to_tls ? " and" : " has",
                         ratio_words(*row.p99_to_tls));
  return words;
}

std::string_view opening(KtlsVerdict verdict) {
  switch (verdict) {
    case KtlsVerdict::PaysOff: return "kernel TLS pays off here for this workload";
    case KtlsVerdict::Costs: return "kernel TLS costs here for this workload";
    case KtlsVerdict::NoDifference:
      return "kernel TLS makes no significant difference here for this workload";
    case KtlsVerdict::Mixed:
      return "whether kernel TLS pays off here for this workload depends on how it is used";
    case KtlsVerdict::NotMeasured: return "what kernel TLS brings was not measured here";
    case KtlsVerdict::NotComparable: break;
  }
  return "ratios measured here mean nothing";
}

// Why no row has a ratio: the first reason, as most have the same.
std::string why_not_measured(std::span<const BenchRow> rows) {
  for (const BenchRow& row : rows) {
    if (!asks_kernel(row.variant.mode)) continue;
    if (!row.because.empty()) return row.because;
    if (row.path && !row.path->doubt().empty()) return row.path->doubt();
    if (!row.latency.empty() &&
        std::ranges::all_of(row.latency, &LatencyFigures::generator_limited))
      return "the generator was too late in each row, so the latencies are its own, too";
  }
  if (std::ranges::none_of(rows, [](const BenchRow& row) { return asks_kernel(row.variant.mode); }))
    return "no row asks for it";
  return fmt::format("fewer than {} rounds have both kernel TLS and user space", kFewestPairs);
}

// The route decides, not the option: an address of this host is reached over lo.
NotComparable of_the_path(const BenchStart& start) {
  if (!start.wire || start.wire->interface == "lo")
    return {BenchDoubt::Loopback,
            "loopback shows nothing of a NIC: neither its offload nor its queues"};
  return {BenchDoubt::Network,
          fmt::format("the network to {} and the host there may be what limits; what makes that "
                      "host's times meaningless is in its own result",
                      start.wire->peer)};
}

std::string of_two_nodes(const BenchStart& start) {
  if (!start.wire) return "the ends are on two NUMA nodes";
  return fmt::format("{} is not on the NUMA node of the NIC of the route",
                     cpu_words(start, start.wire->end));
}

}  // namespace

std::string cpu_words(const BenchStart& start, BenchEnd end) {
  const auto words = fmt::format("CPU {}", start.cpus[static_cast<std::size_t>(end)]);
  return start.wire && start.wire->end != end ? fmt::format("{} of {}", words, start.wire->peer)
                                              : words;
}

std::string ratio_words(const PairedRatio& ratio) {
  return fmt::format("{:.2f} times ({:.2f} to {:.2f})", ratio.ratio, ratio.low, ratio.high);
}

std::vector<NotComparable> not_comparable(const BenchStart& start,
                                          const BenchSurroundings& around) {
  std::vector<NotComparable> all;
  if (around.emulated)
    all.push_back({BenchDoubt::EmulatedCpu,
                   "the CPU is emulated in software: times and ratios mean nothing", true});
  if (around.hypervisor.value_or(false) && !around.emulated)
    all.push_back({BenchDoubt::VirtualMachine,
                   "this is a virtual machine: what its host does meanwhile is not known"});
  all.push_back(of_the_path(start));
  if (around.share == CpusShare::Cpu)
    all.push_back({BenchDoubt::OneCpu, "both ends share one CPU, since only one may be used"});
  if (around.share == CpusShare::Core)
    all.push_back({BenchDoubt::OneCore, "both ends share one core, since only one may be used"});
  if (!around.same_node) all.push_back({BenchDoubt::TwoNodes, of_two_nodes(start)});
  const int load = std::max(start.other_load[0], start.other_load[1]);
  if (load >= kMuchOtherLoad)
    all.push_back(
        {BenchDoubt::OtherLoad,
         fmt::format("before the first round other programs used {} % of {}", load / 10,
                     cpu_words(start, load == start.other_load[0] ? BenchEnd::Sender
                                                                  : BenchEnd::Receiver))});
  return all;
}

KtlsVerdict verdict_of(const BenchRow& row, std::span<const NotComparable> doubts) {
  if (!in_kernel(row) || copies(row)) return KtlsVerdict::NotMeasured;
  if (voiding(doubts) != nullptr) return KtlsVerdict::NotComparable;
  const Balance balance = balance_of(row);
  if (!balance.known) return KtlsVerdict::NotMeasured;
  if (balance.gains && balance.loses) return KtlsVerdict::Mixed;
  if (balance.gains) return KtlsVerdict::PaysOff;
  return balance.loses ? KtlsVerdict::Costs : KtlsVerdict::NoDifference;
}

KtlsVerdict verdict_of(std::span<const BenchRow> rows, std::span<const NotComparable> doubts) {
  std::optional<KtlsVerdict> common;
  for (const BenchRow& row : rows) {
    if (!asks_kernel(row.variant.mode)) continue;
    const KtlsVerdict own = verdict_of(row, doubts);
    if (own == KtlsVerdict::NotMeasured) continue;
    // Rows that were not measured say nothing against the others.
    if (common && *common != own) return KtlsVerdict::Mixed;
    common = own;
  }
  return common.value_or(KtlsVerdict::NotMeasured);
}

std::string verdict_sentence(const BenchResult& result) {
  std::string sentence(opening(result.verdict));
  if (result.verdict == KtlsVerdict::NotMeasured)
    return sentence + ": " + why_not_measured(result.rows);
  if (result.verdict == KtlsVerdict::NotComparable)
    return sentence + ": " + voiding(result.not_comparable)->because;
  std::vector<std::string> parts;
  // A series has a row for each point: where it turns says more than all of their ratios.
  for (const Crossover& crossover : crossovers_of(result))
    parts.push_back(crossover_words(crossover, series_of(result.start.workload)));
  if (!parts.empty()) return sentence + ": " + join(parts, "; ");
  for (const BenchRow& row : result.rows) {
    if (row.verdict && *row.verdict != KtlsVerdict::NotMeasured)
      parts.push_back(comparison_of(row, series_of(result.start.workload).operation));
  }
  return sentence + ": " + join(parts, "; ");
}

}  // namespace tuner
