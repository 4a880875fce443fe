// The document of bench: how fast and at what cost bytes are sent with kernel TLS, with TLS in user
// space and without TLS, and what the machine could do.
#pragma once

#include "bench/result.h"
#include "document/bench_endpoint.h"
#include "document/bench_latency.h"
#include "document/bench_limits.h"
#include "document/bench_messages.h"
#include "document/bench_series.h"
#include "document/bench_workload.h"
#include "document/common.h"
#include "document/probe.h"

namespace tuner::document {

struct BenchCpuPerGb {
  double total = 0;
  double sender = 0;
  double receiver = 0;
  double threads = 0;
  double percent_per_gbit = 0;
};

void describe(auto& keys, Exactly<BenchCpuPerGb> auto& cpu) {
  keys.object("bench_cpu_per_gb", "CPU seconds for 10^9 bytes of payload");
  keys.key({"total", "Both CPUs, by /proc/stat: all that ran there, the kernel's work included"},
           cpu.total);
  keys.key({"sender", "Of a proxy's row: of both ends, which share this CPU"}, cpu.sender);
  keys.key({"receiver", "Of a proxy's row: of the proxy. 0 if all share one CPU"}, cpu.receiver);
  keys.key({"threads", "Both threads, by getrusage(): without the kernel's work elsewhere"},
           cpu.threads);
  keys.key({"percent_per_gbit", "total as the percentage of one CPU that 1 Gbit/s takes"},
           cpu.percent_per_gbit);
}

struct BenchRounds {
  std::vector<double> gbit_per_second;
  std::vector<double> cpu_seconds_per_gb;
};

void describe(auto& keys, Exactly<BenchRounds> auto& rounds) {
  keys.object("bench_rounds", "The figures of each round, in the order of the rounds");
  keys.key({"gbit_per_second"}, rounds.gbit_per_second);
  keys.key({"cpu_seconds_per_gb", "Of both CPUs"}, rounds.cpu_seconds_per_gb);
}

// The figures of a row that was measured.
struct BenchFigures {
  double gbit_per_second = 0;
  BenchCpuPerGb cpu_seconds_per_gb;
  BenchPerByte per_byte;
  std::optional<BenchOperations> operations;
  std::optional<BenchMemory> memory;
  std::optional<double> fairness;
  std::optional<BenchRatio> speed_to_plain;
  std::optional<BenchRatio> speed_to_tls;
  std::optional<BenchRatio> cpu_to_tls;
  std::optional<double> bound_gbit_per_second;
  std::optional<double> share_of_bound;
  BenchRounds rounds;
};

void describe(auto& keys, Exactly<BenchFigures> auto& figures) {
  keys.object("bench_figures", "Null ratios: the other row was not measured, or in too few rounds");
  keys.key({"gbit_per_second", "The median of the rounds"}, figures.gbit_per_second);
  keys.key({"cpu_seconds_per_gb"}, figures.cpu_seconds_per_gb);
  keys.key({"per_byte"}, figures.per_byte);
  keys.key({"operations", "null: the workload counts nothing but bytes"}, figures.operations);
  keys.key({"memory", "null: not a workload with many connections"}, figures.memory);
  keys.key({"fairness",
            "Jain's index of the bytes of the connections that are read at full speed: 1: all the "
            "same, 1/n: one has all; null: the workload does not tell it"},
           figures.fairness);
  keys.key({"speed_to_plain", "The throughput as a multiple of that of plain"},
           figures.speed_to_plain);
  keys.key({"speed_to_tls",
            "The same of TLS in user space, of this version and cipher; of ktls-splice that of "
            "tls-proxy"},
           figures.speed_to_tls);
  keys.key({"cpu_to_tls", "CPU seconds per GB as a multiple of those of that row"},
           figures.cpu_to_tls);
  keys.key({"bound_gbit_per_second",
            "1 / (1/AES + 1/plain): what the cipher at the busier end and plain TCP allow; null: "
            "without "
            "TLS, or a proxy"},
           figures.bound_gbit_per_second);
  keys.key({"share_of_bound"}, figures.share_of_bound);
  keys.key({"rounds", "What the figures are medians of, to compare two runs"}, figures.rounds);
}

struct BenchRow {
  std::string mode;
  std::optional<std::string> version;
  std::optional<std::string> cipher;
  std::optional<std::uint64_t> point;
  std::uint64_t rounds = 0;
  std::uint64_t bytes = 0;
  std::uint64_t checked_bytes = 0;
  std::optional<std::string> path;
  Counters counters;
  std::optional<Ulp> ulp;
  Counters driver_counters;
  std::string because;
  std::optional<BenchFigures> figures;
  std::vector<BenchLatency> latency;
  std::optional<BenchRatio> p50_to_tls;
  std::optional<BenchRatio> p99_to_tls;
  std::optional<BenchMessages> messages;
  std::optional<std::string> verdict;
};

inline constexpr Rule kKtlsVerdict{.words = words_of<KtlsVerdict>()};

void describe(auto& keys, Exactly<BenchRow> auto& row) {
  keys.object("bench_row", "A way to send");
  keys.key(
      {"mode",
       "plain: send(2). plain-sendfile: sendfile(2). tls: SSL_write() in user space. ktls: "
       "the same with kernel TLS asked for. ktls-sendfile: SSL_sendfile(). ktls-zerocopy: the same "
       "with TLS_TX_ZEROCOPY_RO, which only a NIC's offload uses. ktls-receive: tls with kernel "
       "TLS asked for at the receiving end. tls-proxy: SSL_read() and SSL_write() of a program "
       "between both ends. ktls-splice: that program with splice(2) and kernel TLS at both of "
       "its sockets",
       {.words = words_of<BenchMode>()}},
      row.mode);
  keys.key({"version", "null: without TLS", kTlsVersion}, row.version);
  keys.key({"cipher", {}, kTlsCipher}, row.cipher);
  keys.key({"point", "Of a series (workload.point); null: of none"}, row.point);
  keys.key({"rounds", "0: not measured"}, row.rounds);
  keys.key({"bytes", "Payload that arrived in the timed parts"}, row.bytes);
  keys.key({"checked_bytes", "Payload compared byte by byte, outside of the timed parts"},
           row.checked_bytes);
  keys.key(
      {"path",
       "Where the records of the end that asks for the kernel were encrypted or decrypted, "
       "otherwise of the sending end, in all rounds; of a proxy both; null: without TLS, or not "
       "measured",
       kTlsPath},
      row.path);
  keys.key({"counters", "The increase during all connections of the row"}, row.counters);
  keys.key(
      {"ulp",
       "Socket diagnostics of the socket that path is about, of a proxy the sending one; null: "
       "none"},
      row.ulp);
  keys.key({"driver_counters",
            "Across the wire: the increase of the TLS statistics of the sending end's NICs, by the "
            "driver's names",
            kLater},
           row.driver_counters);
  keys.key({"because",
            "Why it was not measured, or not to the end; why not in the kernel although asked for, "
            "or not by the NIC although its feature is on"},
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

void describe(auto& keys, Exactly<BenchReason> auto& reason) {
  keys.object("bench_reason", "Why the result is not that of another machine");
  keys.key({"reason", {}, {.words = words_of<BenchDoubt>()}}, reason.reason);
  keys.key({"because", {}, kNotEmpty}, reason.because);
  keys.key({"voids", "Ratios between rows mean nothing either"}, reason.voids);
}

struct Bench {
  std::optional<BenchEndpoint> endpoint;
  BenchWorkload workload;
  std::string library;
  bool own_namespace = false;
  BenchCpu sender;
  BenchCpu receiver;
  BenchLimits limits;
  std::vector<BenchUncounted> uncounted;
  std::vector<BenchRow> rows;
  std::vector<BenchCrossover> crossovers;
  std::vector<BenchReason> not_comparable;
  std::string ending;
  int rounds_done = 0;
  std::string verdict;
  std::string because;
};

void describe(auto& keys, Exactly<Bench> auto& bench) {
  keys.object("bench", "What kernel TLS brings on this host");
  keys.key({"endpoint", "null: over loopback", kLater}, bench.endpoint);
  keys.key({"workload"}, bench.workload);
  keys.key({"library", "OpenSSL's version", kNotEmpty}, bench.library);
  keys.key({"own_namespace",
            "It ran in its own network namespace, with the kernel's settings for a new one: the "
            "counters contain no traffic of other programs"},
           bench.own_namespace);
  keys.key({"sender"}, bench.sender);
  keys.key({"receiver"}, bench.receiver);
  keys.key({"limits"}, bench.limits);
  keys.key({"uncounted"}, bench.uncounted);
  keys.key({"rows", {}, kNotEmpty}, bench.rows);
  keys.key({"crossovers", "Of each way that asks for the kernel; empty: no series, or no verdict"},
           bench.crossovers);
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
