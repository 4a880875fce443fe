// What the benchmark's helper (bench/load/) measured: numbers without a judgement. The tuner reads
// them (bench/run_bench.h) and judges them (bench/result.h). Plain data.
#pragma once

#include "base/result.h"
#include "base/words.h"
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
enum class BenchWorkload { Bulk };
template <>
inline constexpr auto kWords<BenchWorkload> =
    std::to_array<Word<BenchWorkload>>({{BenchWorkload::Bulk, "bulk"}});

// How the sending end hands over its bytes. The receiving end reads them by recv() or, in user
// space, by SSL_read().
enum class BenchMode { Plain, PlainSendfile, Tls, Ktls, KtlsSendfile };
template <>
inline constexpr auto kWords<BenchMode> =
    std::to_array<Word<BenchMode>>({{BenchMode::Plain, "plain"},                   // send(2)
                                    {BenchMode::PlainSendfile, "plain-sendfile"},  // sendfile(2)
                                    {BenchMode::Tls, "tls"},    // SSL_write(), in user space
                                    {BenchMode::Ktls, "ktls"},  // the same with SSL_OP_ENABLE_KTLS
                                    {BenchMode::KtlsSendfile, "ktls-sendfile"}});  // SSL_sendfile()

constexpr bool is_tls(BenchMode mode) {
  return mode >= BenchMode::Tls;
}
constexpr bool asks_kernel(BenchMode mode) {
  return mode >= BenchMode::Ktls;
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
  // Across the wire: deltas of the TLS statistics of the sender's NICs, by the driver's names,
  // without those that did not move.
  std::map<std::string, std::int64_t> nic_counters;
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
  std::uint64_t content_bytes = 0;  // the file, or buffer, that is sent again and again
  std::uint64_t call_bytes = 0;     // that each call hands over
  int rounds = 0;                   // planned
  std::int64_t round_ns = 0;        // planned time of one measurement, without its warm-up
  std::optional<BenchWire> wire;    // nullopt: over loopback. Each CPU is one of its end's host
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
  std::vector<LimitSample> limits;
  std::vector<BenchRefusal> refusals;
  BenchEnding ending = BenchEnding::Failed;
  std::optional<Error> error;  // of BenchEnding::Failed
};

}  // namespace tuner
