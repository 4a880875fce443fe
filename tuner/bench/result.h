// Judges what the benchmark's helper measured: medians, ratios with intervals, the share of what
// this machine can do, and whether kernel TLS pays off here. Pure.
#pragma once

#include "base/words.h"
#include "bench/message_result.h"
#include "bench/report.h"
#include "bench/schedule.h"
#include "bench/statistics.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

// For this workload, compared with TLS in user space. Mixed: faster and more CPU time, or the other
// way round; of several rows: they differ. NotComparable: a reason below makes ratios meaningless.
enum class KtlsVerdict { PaysOff, Costs, NoDifference, Mixed, NotMeasured, NotComparable };
template <>
inline constexpr auto kWords<KtlsVerdict> =
    std::to_array<Word<KtlsVerdict>>({{KtlsVerdict::PaysOff, "pays_off"},
                                      {KtlsVerdict::Costs, "costs"},
                                      {KtlsVerdict::NoDifference, "no_difference"},
                                      {KtlsVerdict::Mixed, "mixed"},
                                      {KtlsVerdict::NotMeasured, "not_measured"},
                                      {KtlsVerdict::NotComparable, "not_comparable"}});

// Why the result is not that of another machine, or none at all.
enum class BenchDoubt {
  EmulatedCpu,
  VirtualMachine,
  Loopback,
  Network,
  OneCpu,
  OneCore,
  TwoNodes,
  OtherLoad,
  LoadDuringRun,
  Governor,
  GovernorMoved,
  Throttled,
  FrequencyMoved,
  Irqbalance
};
template <>
inline constexpr auto kWords<BenchDoubt> =
    std::to_array<Word<BenchDoubt>>({{BenchDoubt::EmulatedCpu, "emulated_cpu"},
                                     {BenchDoubt::VirtualMachine, "virtual_machine"},
                                     {BenchDoubt::Loopback, "loopback"},
                                     {BenchDoubt::Network, "network"},
                                     {BenchDoubt::OneCpu, "one_cpu"},
                                     {BenchDoubt::OneCore, "one_core"},
                                     {BenchDoubt::TwoNodes, "two_nodes"},
                                     {BenchDoubt::OtherLoad, "other_load"},
                                     {BenchDoubt::LoadDuringRun, "load_during_run"},
                                     {BenchDoubt::Governor, "governor"},
                                     {BenchDoubt::GovernorMoved, "governor_moved"},
                                     {BenchDoubt::Throttled, "throttled"},
                                     {BenchDoubt::FrequencyMoved, "frequency_moved"},
                                     {BenchDoubt::Irqbalance, "irqbalance"}});

struct NotComparable {
  BenchDoubt doubt = BenchDoubt::Loopback;
  std::string because;
  bool voids = false;  // ratios between rows mean nothing either
};

// A CPU before or after the run.
struct BenchCpuState {
  std::string governor;                    // empty: no cpufreq, or not readable
  std::optional<std::uint64_t> throttled;  // how often its core or package was too hot, since boot
};

// What facts say of the machine.
struct BenchSurroundings {
  bool emulated = false;           // HostIdentity::emulated
  std::optional<bool> hypervisor;  // nullopt: not known
  CpusShare share = CpusShare::Nothing;
  // Of both ends; across the wire of this end and the NIC of the route.
  bool same_node = true;
  std::array<BenchCpuState, 2> before;  // by BenchEnd
  std::array<BenchCpuState, 2> after;
  int irqbalance = 0;  // its PID; 0: it does not run
};

// CPU seconds for 10^9 bytes of payload.
struct CpuPerGb {
  double sender = 0;  // its CPU, by /proc/stat
  double receiver = 0;
  double threads = 0;  // both threads, by getrusage()
  double total() const { return sender + receiver; }
  // The percentage of one CPU that 1 Gbit/s takes: 10^9 bytes are 8 Gbit.
  double percent_per_gbit() const { return total() * 100 / 8; }
  // By more than 5 %: then a part of the work was done elsewhere than in the two threads.
  bool threads_differ() const;
};

// One step of a row of the workload latency. 0 rounds: not measured.
struct LatencyFigures : LatencyTotal {
  LatencyStep step;
  // The generator was so late that the latencies are its own, too: kMostLag, kMostLagShare.
  bool generator_limited = false;
  // How many times the median, and the 99th percentile, of `tls` of the same version and cipher,
  // and the median of `plain`. nullopt: not both measured, or in too few rounds, or too few
  // requests a round for the percentile.
  std::optional<PairedRatio> p50_to_tls;
  std::optional<PairedRatio> p99_to_tls;
  std::optional<PairedRatio> p50_to_plain;
  // Of each round that has requests enough for the percentile, in ns.
  std::vector<double> p50_by_round;
  std::vector<double> p99_by_round;
};

// A generator whose 99th percentile of lag is more than this, or than this share of the median
// latency, limits the row. So the lag changes a latency by no more than its last digits.
inline constexpr std::int64_t kMostLag = 50'000;  // ns
inline constexpr double kMostLagShare = 0.05;
// What a workload counts besides bytes (bench/series.h): records, connections.
struct OperationFigures {
  double per_second = 0;  // median of the rounds
  double cpu_us = 0;      // of both CPUs, by /proc/stat, for one of them
};

// What one open connection holds, both ends of it, in bytes.
struct MemoryFigures {
  // The largest of the rounds: what earlier connections left half empty hides growth. nullopt: not
  // visible on this host, or too few connections to be told from what else happens there.
  std::optional<double> slab;
  std::optional<double> buffers;
  double user = 0;  // median of the rounds
};
// With fewer connections the kernel's counters show other programs rather than them.
inline constexpr std::uint64_t kFewestForSlabs = 1000;

struct BenchRow {
  BenchVariant variant;
  // Why it was not measured, or not to the end; why not in the kernel although asked for. Empty:
  // neither.
  std::string because;
  std::size_t rounds = 0;  // 0: not measured; what follows is then empty
  std::uint64_t bytes = 0;
  std::uint64_t checked_bytes = 0;
  std::optional<PathFinding> path;                   // of the sending end; nullopt: without TLS
  std::map<std::string, std::int64_t> counters;      // over all rounds
  std::optional<UlpInfo> ulp;                        // of the last round
  std::map<std::string, std::int64_t> nic_counters;  // as BenchEvidence, over all rounds
  double gbit_per_second = 0;                        // median of the rounds
  CpuPerGb cpu;
  // By BenchCount, of both CPUs for each byte of payload; nullopt: not counted in all rounds.
  std::array<std::optional<double>, kBenchCounts> per_byte;
  // Each round's throughput and CPU seconds per GB, in the order of the rounds.
  std::vector<double> gbit_by_round;
  std::vector<double> cpu_by_round;
  std::optional<OperationFigures> operations;  // nullopt: the workload counts none
  std::optional<MemoryFigures> memory;         // nullopt: not of many connections
  std::optional<double> fairness;              // median of the rounds; nullopt: not told
  // How many times the throughput of `plain` and of `tls` of the same version and cipher, and the
  // CPU time per GB of the latter. nullopt: not both measured, or too few rounds.
  std::optional<PairedRatio> speed_to_plain;
  std::optional<PairedRatio> speed_to_tls;
  std::optional<PairedRatio> cpu_to_tls;
  // Of a row with TLS: what the cipher and plain TCP together allow at its busier end,
  // 1 / (1/AES + 1/plain), and the median share of it.
  std::optional<double> bound_gbit_per_second;
  std::optional<double> share_of_bound;
  std::vector<LatencyFigures> latency;  // by LatencySetup::steps; empty: another workload
  // Over these steps, but those that the generator limits: in each round the median of their
  // ratios. One answer for the verdict: of many steps some differ by chance.
  std::optional<PairedRatio> p50_to_tls;
  std::optional<PairedRatio> p99_to_tls;
  std::optional<MessageFigures> messages;  // of that workload
  std::optional<KtlsVerdict> verdict;      // of a row that asks for the kernel
};

struct BenchResult {
  BenchStart start;
  std::vector<BenchRow> rows;  // of start.variants
  // The share of both CPUs that others used during the run, by BenchEnd; nullopt: not measured.
  std::array<std::optional<double>, 2> load_during_run;
  std::array<std::optional<double>, kBenchLimits> limits;  // Gbit/s by BenchLimit, medians
  std::vector<NotComparable> not_comparable;
  KtlsVerdict verdict = KtlsVerdict::NotMeasured;
  std::string because;  // the verdict in words
  BenchEnding ending = BenchEnding::Failed;
  int rounds_done = 0;  // that every measured row has
};

BenchResult judge_bench(const BenchReport& report, const BenchSurroundings& around);

}  // namespace tuner
