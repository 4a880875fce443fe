// Parts of the document of bench (document/bench.h) that only some of its workloads have: what they
// count besides bytes, what connections hold, and where a series crosses over.
#pragma once

#include "bench/report.h"
#include "document/common.h"
#include "document/probe.h"

namespace tuner::document {

struct BenchOperations {
  double per_second = 0;
  double cpu_us = 0;
};

void describe(auto& keys, Exactly<BenchOperations> auto& operations) {
  keys.object("bench_operations", "What the workload counts besides bytes");
  keys.key({"per_second", "The median of the rounds"}, operations.per_second);
  keys.key({"cpu_us", "CPU time of one, in microseconds, of both CPUs by /proc/stat"},
           operations.cpu_us);
}

struct BenchMemory {
  std::optional<double> slab_bytes;
  std::optional<double> buffer_bytes;
  double user_bytes = 0;
};

void describe(auto& keys, Exactly<BenchMemory> auto& memory) {
  keys.object("bench_memory", "What one open connection holds, both ends of it");
  keys.key({"slab_bytes",
            "By the growth of SUnreclaim, of the whole host, until all were open and idle: "
            "sockets, TLS contexts, keys; the largest of the rounds. null: not visible here, or "
            "fewer than 1,000 connections"},
           memory.slab_bytes);
  keys.key(
      {"buffer_bytes",
       "By the growth of TCP's memory in sockstat, of all network namespaces, until the end of "
       "the timed part; the largest of the rounds. null: not visible here"},
      memory.buffer_bytes);
  keys.key({"user_bytes", "Of the measuring process's heap, OpenSSL's included; median"},
           memory.user_bytes);
}

struct BenchCrossover {
  std::string mode;
  std::string version;
  std::string cipher;
  std::vector<std::uint64_t> points;
  std::vector<std::uint64_t> pays_off_at;
  std::optional<std::uint64_t> from;
};

void describe(auto& keys, Exactly<BenchCrossover> auto& crossover) {
  keys.object("bench_crossover", "From which point of a series on kernel TLS pays off");
  keys.key({"mode", {}, {.words = words_of<BenchMode>()}}, crossover.mode);
  keys.key({"version", {}, kTlsVersion}, crossover.version);
  keys.key({"cipher", {}, kTlsCipher}, crossover.cipher);
  keys.key({"points", "That have a verdict, ascending", kNotEmpty}, crossover.points);
  keys.key({"pays_off_at", "The points of these at which it pays off"}, crossover.pays_off_at);
  keys.key({"from", "It pays off here and at each larger point; null: not at the largest"},
           crossover.from);
}

}  // namespace tuner::document
