// Keys of bench's document about the two CPUs: their load, what each can do at most, and what they
// count.
#pragma once

#include "bench/limit.h"
#include "document/common.h"

namespace tuner::document {

struct BenchCpu {
  int cpu = 0;
  double other_load = 0;
  std::optional<double> load_during_run;
};

void describe(auto& keys, Exactly<BenchCpu> auto& cpu) {
  keys.object("bench_cpu", "The CPU of one end");
  keys.key({"cpu"}, cpu.cpu);
  keys.key({"other_load", "The share of it that other programs used before the first round"},
           cpu.other_load);
  keys.key({"load_during_run",
            "The share of it that others used during the run, the host of a virtual machine "
            "included: what a loop without a peer did not get; null: not measured"},
           cpu.load_during_run);
}

struct LimitRefused {
  std::string limit;
  std::string because;
};

void describe(auto& keys, Exactly<LimitRefused> auto& refused) {
  keys.object("bench_limit_refused", "A limit that was not measured");
  keys.key({"limit", {}, {.words = words_of<BenchLimit>()}}, refused.limit);
  keys.key({"because", {}, kNotEmpty}, refused.because);
}

struct BenchLimits {
  std::optional<double> memory_copy;
  std::optional<double> aes_128_gcm_seal;
  std::optional<double> aes_128_gcm_open;
  std::optional<double> aes_256_gcm_seal;
  std::optional<double> aes_256_gcm_open;
  std::optional<double> aes_128_ccm_seal;
  std::optional<double> aes_128_ccm_open;
  std::optional<double> chacha20_poly1305_seal;
  std::optional<double> chacha20_poly1305_open;
  std::optional<double> kernel_aes_128_gcm_seal;
  std::optional<double> kernel_aes_256_gcm_seal;
  std::optional<double> kernel_aes_128_ccm_seal;
  std::optional<double> kernel_chacha20_poly1305_seal;
  std::vector<LimitRefused> refused;
};

void describe(auto& keys, Exactly<BenchLimits> auto& limits) {
  keys.object("bench_limits",
              "What one CPU can do at most, in Gbit/s, measured in each round, of the ciphers of "
              "the rows; null: not measured");
  keys.key({"memory_copy"}, limits.memory_copy);
  keys.key({"aes_128_gcm_seal", "By OpenSSL, records of 16 KiB, on the sender's CPU"},
           limits.aes_128_gcm_seal);
  keys.key({"aes_128_gcm_open", "The same, on the receiver's CPU"}, limits.aes_128_gcm_open);
  keys.key({"aes_256_gcm_seal"}, limits.aes_256_gcm_seal);
  keys.key({"aes_256_gcm_open"}, limits.aes_256_gcm_open);
  keys.key({"aes_128_ccm_seal"}, limits.aes_128_ccm_seal);
  keys.key({"aes_128_ccm_open"}, limits.aes_128_ccm_open);
  keys.key({"chacha20_poly1305_seal"}, limits.chacha20_poly1305_seal);
  keys.key({"chacha20_poly1305_open"}, limits.chacha20_poly1305_open);
  keys.key({"kernel_aes_128_gcm_seal",
            "By the kernel (AF_ALG), with two system calls and a copy a record"},
           limits.kernel_aes_128_gcm_seal);
  keys.key({"kernel_aes_256_gcm_seal"}, limits.kernel_aes_256_gcm_seal);
  keys.key({"kernel_aes_128_ccm_seal"}, limits.kernel_aes_128_ccm_seal);
  keys.key({"kernel_chacha20_poly1305_seal"}, limits.kernel_chacha20_poly1305_seal);
  keys.key({"refused", "Those that this host cannot measure"}, limits.refused);
}

struct BenchPerByte {
  std::optional<double> cycles;
  std::optional<double> instructions;
  std::optional<double> cache_misses;
  std::optional<double> context_switches;
  std::optional<double> dram_bytes;
};

void describe(auto& keys, Exactly<BenchPerByte> auto& counted) {
  keys.object(
      "bench_per_byte",
      "What both CPUs counted for a byte of payload, the kernel's share included; null: not "
      "counted");
  keys.key({"cycles"}, counted.cycles);
  keys.key({"instructions"}, counted.instructions);
  keys.key({"cache_misses", "Of the last level"}, counted.cache_misses);
  keys.key({"context_switches"}, counted.context_switches);
  keys.key(
      {"dram_bytes", "What the memory controllers read and wrote, of the whole machine", kLater},
      counted.dram_bytes);
}

struct BenchUncounted {
  std::string count;
  std::string because;
};

void describe(auto& keys, Exactly<BenchUncounted> auto& uncounted) {
  keys.object("bench_uncounted", "What this host does not count");
  keys.key({"count", {}, {.words = words_of<BenchCount>()}}, uncounted.count);
  keys.key({"because", {}, kNotEmpty}, uncounted.because);
}

}  // namespace tuner::document
