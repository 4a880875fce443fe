// What the benchmark's helper (bench/load/) measured: numbers without a judgement. The tuner reads
// them (bench/run_bench.h) and judges them (bench/result.h). Plain data.
#pragma once

#include "base/result.h"
#include "base/words.h"
#include "bench/histogram.h"
#include "bench/limit.h"
#include "bench/stages.h"
#include "bench/variant.h"
#include "probe/report.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuner {

// The two ends of a connection, each a thread on a CPU of its own.
enum class BenchEnd { Sender, Receiver };
template <>
inline constexpr auto kWords<BenchEnd> =
    std::to_array<Word<BenchEnd>>({{BenchEnd::Sender, "sender"}, {BenchEnd::Receiver, "receiver"}});

// The CPU time of one end during a measurement, in microseconds.
struct EndCost {
  // Of its CPU by /proc/stat: user, nice, system, irq and softirq of everything that ran there. It
  // counts in ticks of the clock (10 ms), so one short measurement alone is not exact.
  std::int64_t cpu_us = 0;
  // Of its thread by getrusage(): without what the kernel did elsewhere for the connection.
  std::int64_t thread_us = 0;
};

// Which path the bytes of a measurement took, and by which evidence.
struct BenchEvidence {
  // The sending end of a mode with TLS; Failed of the others.
  PathFinding path;
  std::map<std::string, std::int64_t>
      counters;                // deltas of /proc/net/tls_stat over this connection
  std::optional<UlpInfo> ulp;  // socket diagnostics of the sending socket
  std::string because;         // why not in the kernel although asked for; a remark
  // Across the wire: deltas of the TLS statistics of the sender's NICs, by the driver's names,
  // without those that did not move.
  std::map<std::string, std::int64_t> nic_counters;
};

// What open connections hold, both ends of each, all of them together.
struct ConnectionMemory {
  std::uint64_t connections = 0;
  // The growth of the host's unreclaimable slabs (SUnreclaim) until all were open and idle;
  // nullopt: not visible here. Other programs' sockets and files are in it, too.
  std::optional<std::uint64_t> slab_bytes;
  // The growth of TCP's buffers (sockstat) until the end of the timed part; nullopt: not visible.
  std::optional<std::uint64_t> buffer_bytes;
  std::uint64_t user_bytes = 0;  // of this process's heap, when all were open and idle
};

// One measurement of one row, on a connection of its own.
struct BenchSample {
  std::size_t variant = 0;  // index into BenchStart::variants
  int round = 0;            // counts from 0
  std::uint64_t bytes = 0;  // payload that arrived in the timed part
  std::int64_t nanoseconds = 0;
  std::array<EndCost, 2> cost;  // by BenchEnd
  // Payload that was compared byte by byte after the timed part, on the same connection.
  std::uint64_t checked_bytes = 0;
  BenchEvidence evidence;
  // The clock of both CPUs at the end of the timed part (scaling_cur_freq), by BenchEnd; 0: not
  // readable.
  std::array<int, 2> khz{};
  BenchCounts counts;  // in the timed part
  // What the workload counts in the timed part (bench/series.h); 0: nothing but bytes.
  std::uint64_t operations = 0;
  // Of workloads with many connections.
  std::optional<ConnectionMemory> memory = std::nullopt;
  std::optional<double> fairness = std::nullopt;  // jain_index() of the connections' bytes
};

// A load of the workload latency: responses of this size, at this part of the capacity.
struct LatencyStep {
  std::uint64_t response_bytes = 0;
  int load = 0;  // thousandths of the least capacity of all rows for this size, so rows are equal
  bool operator==(const LatencyStep&) const = default;
};

struct LatencySetup {
  int connections = 0;
  std::uint64_t request_bytes = 0;
  std::uint64_t most_in_flight = 0;  // requests; what is due beyond is dropped and counted
  std::uint64_t seed = 0;            // of the times at which requests are due
  std::vector<LatencyStep> steps;
};

// One measurement of one row of the workload latency, on connections of its own. Requests are sent
// at times that were fixed beforehand, the same for all rows of a round, whatever the server does.
struct LatencySample {
  std::size_t variant = 0;         // index into BenchStart::variants
  int round = 0;                   // counts from 0
  std::size_t step = 0;            // index into LatencySetup::steps
  double per_second = 0;           // the rate of the requests
  double capacity_per_second = 0;  // of this row: what a closed loop reached before the first round
  std::uint64_t arrivals = 0;      // requests that were due in the timed part
  std::uint64_t dropped = 0;       // of these: not sent, since too many were under way
  std::uint64_t checked_bytes = 0;  // as of BenchSample
  LatencyHistogram latency;         // from the time that was due until the last byte had arrived
  LatencyHistogram from_send;       // the same from the call that sent the request
  LatencyHistogram lag;             // of the generator: from the time that was due until that call
  BenchEvidence evidence;
};

// One measurement of the workload messages, on a connection of its own.
struct MessageSample {
  std::size_t variant = 0;
  int round = 0;
  MarkedMessages marked;
  std::uint64_t checked_bytes = 0;  // payload that was compared, behind the last mark of each
  BenchEvidence evidence;
};

// What is kept of a LatencySample: its histograms are large, and an hour has thousands of them.
struct LatencyRound {
  std::size_t variant = 0;
  int round = 0;
  std::size_t step = 0;
  std::uint64_t checked_bytes = 0;
  // Of its latencies, in nanoseconds. nullopt: too few requests for the percentile.
  std::optional<std::int64_t> p50;
  std::optional<std::int64_t> p99;
  BenchEvidence evidence;
};

// All measurements of a row and step.
struct LatencyTotal {
  std::size_t rounds = 0;
  double per_second = 0;           // the planned rate of the requests
  double capacity_per_second = 0;  // as of LatencySample, like the rest
  std::uint64_t arrivals = 0;
  std::uint64_t dropped = 0;
  LatencyHistogram latency;
  LatencyHistogram from_send;
  LatencyHistogram lag;
};

struct LimitSample {
  BenchLimit limit = BenchLimit::MemoryCopy;
  int round = 0;
  std::uint64_t bytes = 0;
  std::int64_t nanoseconds = 0;
  // Of these the CPU ran this thread, which was always ready to run: the rest was other load.
  std::int64_t running_ns = 0;
};

// A row that is measured no more, or never was.
struct BenchRefusal {
  std::size_t variant = 0;
  Error error;  // Unsupported: this host cannot do it
};

// A limit that is not measured.
struct LimitRefusal {
  BenchLimit limit = BenchLimit::KernelAes;
  std::string because;
};

// Something that is not counted.
struct CountRefusal {
  BenchCount count = BenchCount::Cycles;
  std::string because;
};

// A run between two hosts. The sending end is the one that connects.
struct BenchWire {
  BenchEnd end = BenchEnd::Sender;  // of this host
  std::string peer;                 // HOST:PORT of the other end
  std::string peer_library;         // OpenSSL's version there
  std::string interface;            // output interface of the sending end: "eth0", "bond0", "lo"
  std::vector<std::string> nics;    // the NICs below it
};

// Where and how the helper measures.
struct BenchStart {
  BenchWorkload workload = BenchWorkload::Bulk;
  std::string library;         // "OpenSSL 3.0.17 1 Jul 2025"
  bool own_namespace = false;  // of its own network namespace: the counters hold only its sockets
  std::array<int, 2> cpus{};   // by BenchEnd; equal: both ends share one CPU
  // The share of these CPUs that other programs used before the first round, in thousandths.
  std::array<int, 2> other_load{};
  std::vector<BenchVariant> variants;
  std::vector<LimitRefusal> limits_refused;
  std::vector<CountRefusal> counts_refused;
  std::uint64_t content_bytes = 0;      // the file, or buffer, that is sent again and again
  std::uint64_t call_bytes = 0;         // that each call hands over
  int rounds = 0;                       // planned
  std::int64_t round_ns = 0;            // planned time of one measurement, without its warm-up
  std::optional<LatencySetup> latency;  // of that workload
  std::optional<BenchWire> wire;        // nullopt: over loopback. Each CPU is one of its end's host
};

// How the run came to its end.
enum class BenchEnding { Complete, OutOfTime, Interrupted, Failed };
// complete: all rounds. out_of_time: the time was over before the last round. interrupted: by a
// signal. failed: see the error.
template <>
inline constexpr auto kWords<BenchEnding> =
    std::to_array<Word<BenchEnding>>({{BenchEnding::Complete, "complete"},
                                      {BenchEnding::OutOfTime, "out_of_time"},
                                      {BenchEnding::Interrupted, "interrupted"},
                                      {BenchEnding::Failed, "failed"}});

struct BenchReport {
  BenchStart start;
  std::vector<BenchSample> samples;
  std::vector<LatencyRound> latency;
  std::map<std::pair<std::size_t, std::size_t>, LatencyTotal> latency_totals;  // by row and step
  std::vector<MessageSample> messages;
  std::vector<LimitSample> limits;
  std::vector<BenchRefusal> refusals;
  BenchEnding ending = BenchEnding::Failed;
  std::optional<Error> error;  // of BenchEnding::Failed
};

// Keeps what the result needs of it.
void add_sample(BenchReport& report, LatencySample sample);

}  // namespace tuner
