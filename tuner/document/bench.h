// The document of bench: how fast and at what cost bytes are sent with kernel TLS, with TLS in user
// space and without TLS, and what the machine could do.
#pragma once

#include "bench/result.h"
#include "document/bench_latency.h"
#include "document/bench_messages.h"
#include "document/common.h"
#include "document/probe.h"

namespace tuner::document {

struct BenchWorkload {
  std::string name;
  std::optional<std::uint64_t> content_bytes;
  std::optional<std::uint64_t> call_bytes;
  std::optional<BenchLatencySetup> latency;
  int rounds_planned = 0;
  double round_seconds = 0;
};

void describe(auto& keys, Either<BenchWorkload> auto& workload) {
  keys.object("bench_workload", "What is sent over loopback, from one thread to another");
  keys.key(
      {"name",
       "bulk: the same content again and again, one connection at a time. latency: requests at "
       "times that were fixed beforehand, whatever the responses do. messages: one message at a "
       "time, with a mark at each stage of its receiver",
       {.words = words_of<tuner::BenchWorkload>()}},
      workload.name);
  keys.key({"content_bytes", "Of the memory buffer, or the file in the page cache; null: not bulk"},
           workload.content_bytes);
  keys.key({"call_bytes", "That each call hands over, or a message has; null: latency"},
           workload.call_bytes);
  keys.key({"latency", "The load of the workload latency; null: another one", kLater},
           workload.latency);
  keys.key({"rounds_planned", "In each round each row is measured once; the order alternates"},
           workload.rounds_planned);
  keys.key({"round_seconds", "The planned time of a measurement, after its warm-up"},
           workload.round_seconds);
}

struct BenchCpu {
  int cpu = 0;
  double other_load = 0;
};

void describe(auto& keys, Either<BenchCpu> auto& cpu) {
  keys.object("bench_cpu", "The CPU of one end");
  keys.key({"cpu"}, cpu.cpu);
  keys.key({"other_load", "The share of it that other programs used before the first round"},
           cpu.other_load);
}

struct BenchLimits {
  std::optional<double> memory_copy;
  std::optional<double> aes_128_gcm_seal;
  std::optional<double> aes_128_gcm_open;
};

void describe(auto& keys, Either<BenchLimits> auto& limits) {
  keys.object("bench_limits",
              "What one CPU can do at most, in Gbit/s, measured in each round; null: not measured");
  keys.key({"memory_copy"}, limits.memory_copy);
  keys.key({"aes_128_gcm_seal", "By OpenSSL, records of 16 KiB, on the sender's CPU"},
           limits.aes_128_gcm_seal);
  keys.key({"aes_128_gcm_open", "The same, on the receiver's CPU"}, limits.aes_128_gcm_open);
}

struct BenchCpuPerGb {
  double total = 0;
  double sender = 0;
  double receiver = 0;
  double threads = 0;
};

void describe(auto& keys, Either<BenchCpuPerGb> auto& cpu) {
  keys.object("bench_cpu_per_gb", "CPU seconds for 10^9 bytes of payload");
  keys.key({"total", "Both CPUs, by /proc/stat: all that ran there, the kernel's work included"},
           cpu.total);
  keys.key({"sender"}, cpu.sender);
  keys.key({"receiver", "0 if both ends share one CPU"}, cpu.receiver);
  keys.key({"threads", "Both threads, by getrusage(): without the kernel's work elsewhere"},
           cpu.threads);
}

// The figures of a row that was measured.
struct BenchFigures {
  double gbit_per_second = 0;
  BenchCpuPerGb cpu_seconds_per_gb;
  std::optional<BenchRatio> speed_to_plain;
  std::optional<BenchRatio> speed_to_tls;
  std::optional<BenchRatio> cpu_to_tls;
  std::optional<double> bound_gbit_per_second;
  std::optional<double> share_of_bound;
};

void describe(auto& keys, Either<BenchFigures> auto& figures) {
  keys.object("bench_figures", "Null ratios: the other row was not measured, or in too few rounds");
  keys.key({"gbit_per_second", "The median of the rounds"}, figures.gbit_per_second);
  keys.key({"cpu_seconds_per_gb"}, figures.cpu_seconds_per_gb);
  keys.key({"speed_to_plain", "The throughput as a multiple of that of plain"},
           figures.speed_to_plain);
  keys.key({"speed_to_tls", "The same of TLS in user space, of this version and cipher"},
           figures.speed_to_tls);
  keys.key({"cpu_to_tls", "CPU seconds per GB as a multiple of those of TLS in user space"},
           figures.cpu_to_tls);
  keys.key({"bound_gbit_per_second",
            "1 / (1/AES + 1/plain): what AES-128-GCM at the busier end and plain TCP allow; null: "
            "without TLS"},
           figures.bound_gbit_per_second);
  keys.key({"share_of_bound"}, figures.share_of_bound);
}

struct BenchRow {
  std::string mode;
  std::optional<std::string> version;
  std::optional<std::string> cipher;
  std::uint64_t rounds = 0;
  std::uint64_t bytes = 0;
  std::uint64_t checked_bytes = 0;
  std::optional<std::string> path;
  Counters counters;
  std::optional<Ulp> ulp;
  std::string because;
  std::optional<BenchFigures> figures;
  std::vector<BenchLatency> latency;
  std::optional<BenchRatio> p50_to_tls;
  std::optional<BenchRatio> p99_to_tls;
  std::optional<BenchMessages> messages;
  std::optional<std::string> verdict;
};

inline constexpr Rule kKtlsVerdict{.words = words_of<KtlsVerdict>()};

void describe(auto& keys, Either<BenchRow> auto& row) {
  keys.object("bench_row", "A way to send");
  keys.key({"mode",
            "plain: send(2). plain-sendfile: sendfile(2). tls: SSL_write() in user space. ktls: "
            "the same with kernel TLS asked for. ktls-sendfile: SSL_sendfile(). ktls-receive: tls, "
            "and kernel TLS asked for at the receiving end",
            {.words = words_of<BenchMode>()}},
           row.mode);
  keys.key({"version", "null: without TLS", kTlsVersion}, row.version);
  keys.key({"cipher", {}, kTlsCipher}, row.cipher);
  keys.key({"rounds", "0: not measured"}, row.rounds);
  keys.key({"bytes", "Payload that arrived in the timed parts"}, row.bytes);
  keys.key({"checked_bytes", "Payload compared byte by byte, outside of the timed parts"},
           row.checked_bytes);
  keys.key(
      {"path",
       "Where the sending end's records were encrypted, or of ktls-receive the receiving end's "
       "decrypted, in all rounds; null: without TLS, or not measured",
       kTlsPath},
      row.path);
  keys.key({"counters", "The increase during all connections of the row"}, row.counters);
  keys.key({"ulp", "Socket diagnostics of the sending socket; null: none"}, row.ulp);
  keys.key({"because",
            "Why it was not measured, or not to the end; why not in the kernel although asked for"},
           row.because);
  keys.key({"figures", "Of bulk; null: not measured"}, row.figures);
  keys.key({"latency", "By size and load; empty: another workload, or not measured", kLater},
           row.latency);
  keys.key({"p50_to_tls",
            "The median latency as a multiple of that of TLS in user space: the median over all "
            "sizes and loads that the generator does not limit",
            kLater},
           row.p50_to_tls);
  keys.key({"p99_to_tls", "The same of the 99th percentile", kLater}, row.p99_to_tls);
  keys.key({"messages", "null: another workload, or not measured", kLater}, row.messages);
  keys.key({"verdict", "Compared with TLS in user space; null: the row does not ask for the kernel",
            kKtlsVerdict},
           row.verdict);
}

struct BenchReason {
  std::string reason;
  std::string because;
  bool voids = false;
};

void describe(auto& keys, Either<BenchReason> auto& reason) {
  keys.object("bench_reason", "Why the result is not that of another machine");
  keys.key({"reason", {}, {.words = words_of<BenchDoubt>()}}, reason.reason);
  keys.key({"because", {}, kNotEmpty}, reason.because);
  keys.key({"voids", "Ratios between rows mean nothing either"}, reason.voids);
}

struct Bench {
  BenchWorkload workload;
  std::string library;
  bool own_namespace = false;
  BenchCpu sender;
  BenchCpu receiver;
  BenchLimits limits;
  std::vector<BenchRow> rows;
  std::vector<BenchReason> not_comparable;
  std::string ending;
  int rounds_done = 0;
  std::string verdict;
  std::string because;
};

void describe(auto& keys, Either<Bench> auto& bench) {
  keys.object("bench", "What kernel TLS brings on this host");
  keys.key({"workload"}, bench.workload);
  keys.key({"library", "OpenSSL's version", kNotEmpty}, bench.library);
  keys.key({"own_namespace",
            "It ran in its own network namespace, with the kernel's settings for a new one: the "
            "counters contain no traffic of other programs"},
           bench.own_namespace);
  keys.key({"sender"}, bench.sender);
  keys.key({"receiver"}, bench.receiver);
  keys.key({"limits"}, bench.limits);
  keys.key({"rows", {}, kNotEmpty}, bench.rows);
  keys.key({"not_comparable"}, bench.not_comparable);
  keys.key({"ending",
            "out_of_time: before the last planned round. interrupted, failed: what was measured "
            "until then is here",
            {.words = words_of<BenchEnding>()}},
           bench.ending);
  keys.key({"rounds_done", "That each measured row has"}, bench.rounds_done);
  keys.key(
      {"verdict", "Of all rows that ask for the kernel; mixed also if they differ", kKtlsVerdict},
      bench.verdict);
  keys.key({"because", "The verdict in words", kNotEmpty}, bench.because);
}

}  // namespace tuner::document
