// What the benchmark's helper (bench/load/) measured: numbers without a judgement. The tuner reads
// them (bench/run_bench.h) and judges them (bench/result.h). Plain data.
#pragma once

#include "base/result.h"
#include "base/words.h"
#include "bench/histogram.h"
#include "bench/stages.h"
#include "probe/report.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

// What connections are measured with.
enum class BenchWorkload { Bulk, Latency, Messages };
template <>
inline constexpr auto kWords<BenchWorkload> =
    std::to_array<Word<BenchWorkload>>({{BenchWorkload::Bulk, "bulk"},  // the same content again
                                        {BenchWorkload::Latency, "latency"},      // requests
                                        {BenchWorkload::Messages, "messages"}});  // their stages

// How the sending end hands over its bytes. The receiving end reads them by recv() or by
// SSL_read(), in user space but for KtlsReceive.
enum class BenchMode { Plain, PlainSendfile, Tls, Ktls, KtlsSendfile, KtlsReceive };
template <>
inline constexpr auto kWords<BenchMode> =
    std::to_array<Word<BenchMode>>({{BenchMode::Plain, "plain"},                   // send(2)
                                    {BenchMode::PlainSendfile, "plain-sendfile"},  // sendfile(2)
                                    {BenchMode::Tls, "tls"},    // SSL_write(), in user space
                                    {BenchMode::Ktls, "ktls"},  // the same with SSL_OP_ENABLE_KTLS
                                    {BenchMode::KtlsSendfile, "ktls-sendfile"},  // SSL_sendfile()
                                    // tls, the receiver with SSL_OP_ENABLE_KTLS
                                    {BenchMode::KtlsReceive, "ktls-receive"}});

constexpr bool is_tls(BenchMode mode) {
  return mode >= BenchMode::Tls;
}
constexpr bool asks_kernel(BenchMode mode) {
  return mode >= BenchMode::Ktls;
}
// Which direction is asked for; the other one needs no reason to stay in user space.
constexpr bool asks_to_receive(BenchMode mode) {
  return mode == BenchMode::KtlsReceive;
}
constexpr bool asks_to_send(BenchMode mode) {
  return asks_kernel(mode) && !asks_to_receive(mode);
}
constexpr bool sends_file(BenchMode mode) {
  return mode == BenchMode::PlainSendfile || mode == BenchMode::KtlsSendfile;
}

// A row of the result. Modes with TLS have a version and a cipher, the others have neither.
struct BenchVariant {
  BenchMode mode = BenchMode::Plain;
  std::optional<TlsVersion> version;
  std::optional<TlsCipher> cipher;
  bool operator==(const BenchVariant&) const = default;
};
// "ktls TLSv1.3 AES-128-GCM"
std::string variant_name(const BenchVariant& variant);

// plain and plain-sendfile, then the modes with TLS for TLS 1.2 and 1.3 with AES-128-GCM.
std::vector<BenchVariant> usual_variants();

// What one CPU can do at most, by the same libraries in the same run.
enum class BenchLimit { MemoryCopy, AesSeal, AesOpen };
template <>
inline constexpr auto kWords<BenchLimit> =
    std::to_array<Word<BenchLimit>>({{BenchLimit::MemoryCopy, "memory-copy"},
                                     {BenchLimit::AesSeal, "aes-128-gcm-seal"},
                                     {BenchLimit::AesOpen, "aes-128-gcm-open"}});

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

struct LimitSample {
  BenchLimit limit = BenchLimit::MemoryCopy;
  int round = 0;
  std::uint64_t bytes = 0;
  std::int64_t nanoseconds = 0;
};

// A row that is measured no more, or never was.
struct BenchRefusal {
  std::size_t variant = 0;
  Error error;  // Unsupported: this host cannot do it
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
  std::uint64_t content_bytes = 0;      // the file, or buffer, that is sent again and again
  std::uint64_t call_bytes = 0;         // that each call hands over
  int rounds = 0;                       // planned
  std::int64_t round_ns = 0;            // planned time of one measurement, without its warm-up
  std::optional<LatencySetup> latency;  // of that workload
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
  std::vector<LatencySample> latency;
  std::vector<MessageSample> messages;
  std::vector<LimitSample> limits;
  std::vector<BenchRefusal> refusals;
  BenchEnding ending = BenchEnding::Failed;
  std::optional<Error> error;  // of BenchEnding::Failed
};

}  // namespace tuner
