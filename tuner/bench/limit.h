// What one CPU can do at most, and the events that it counts. Plain data.
#pragma once

#include "base/words.h"
#include "model/profile.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tuner {

// Measured in the same run: copy memory; seal and open records of a cipher by the same libcrypto;
// and seal them by the kernel's own code (AF_ALG).
enum class BenchLimit {
  MemoryCopy,
  AesSeal,
  AesOpen,
  Aes256Seal,
  Aes256Open,
  CcmSeal,
  CcmOpen,
  ChachaSeal,
  ChachaOpen,
  KernelAes,
  KernelAes256,
  KernelCcm,
  KernelChacha
};
template <>
inline constexpr auto kWords<BenchLimit> =
    std::to_array<Word<BenchLimit>>({{BenchLimit::MemoryCopy, "memory-copy"},
                                     {BenchLimit::AesSeal, "aes-128-gcm-seal"},
                                     {BenchLimit::AesOpen, "aes-128-gcm-open"},
                                     {BenchLimit::Aes256Seal, "aes-256-gcm-seal"},
                                     {BenchLimit::Aes256Open, "aes-256-gcm-open"},
                                     {BenchLimit::CcmSeal, "aes-128-ccm-seal"},
                                     {BenchLimit::CcmOpen, "aes-128-ccm-open"},
                                     {BenchLimit::ChachaSeal, "chacha20-poly1305-seal"},
                                     {BenchLimit::ChachaOpen, "chacha20-poly1305-open"},
                                     {BenchLimit::KernelAes, "kernel-aes-128-gcm-seal"},
                                     {BenchLimit::KernelAes256, "kernel-aes-256-gcm-seal"},
                                     {BenchLimit::KernelCcm, "kernel-aes-128-ccm-seal"},
                                     {BenchLimit::KernelChacha, "kernel-chacha20-poly1305-seal"}});
inline constexpr std::size_t kBenchLimits = kWords<BenchLimit>.size();

// The limits of a cipher.
struct CipherLimits {
  BenchLimit seal;
  BenchLimit open;
  BenchLimit kernel_seal;
};
constexpr CipherLimits limits_of(TlsCipher cipher) {
  switch (cipher) {
    case TlsCipher::Aes128Gcm: break;
    case TlsCipher::Aes256Gcm:
      return {BenchLimit::Aes256Seal, BenchLimit::Aes256Open, BenchLimit::KernelAes256};
    case TlsCipher::Aes128Ccm:
      return {BenchLimit::CcmSeal, BenchLimit::CcmOpen, BenchLimit::KernelCcm};
    case TlsCipher::Chacha20Poly1305:
      return {BenchLimit::ChachaSeal, BenchLimit::ChachaOpen, BenchLimit::KernelChacha};
  }
  return {BenchLimit::AesSeal, BenchLimit::AesOpen, BenchLimit::KernelAes};
}

// What both CPUs counted together, in user space and in the kernel. DramBytes: what the memory
// controllers read and wrote, of the whole machine.
enum class BenchCount { Cycles, Instructions, CacheMisses, ContextSwitches, DramBytes };
template <>
inline constexpr auto kWords<BenchCount> =
    std::to_array<Word<BenchCount>>({{BenchCount::Cycles, "cycles"},
                                     {BenchCount::Instructions, "instructions"},
                                     {BenchCount::CacheMisses, "cache-misses"},
                                     {BenchCount::ContextSwitches, "context-switches"},
                                     {BenchCount::DramBytes, "dram-bytes"}});
inline constexpr std::size_t kBenchCounts = kWords<BenchCount>.size();
// By BenchCount; nullopt: not counted.
using BenchCounts = std::array<std::optional<std::uint64_t>, kBenchCounts>;

}  // namespace tuner
