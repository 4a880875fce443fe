// The code with which the kernel encrypts TLS: /proc/crypto as data, and its meaning for each
// cipher. Pure; host/facts/crypto.cc fills it.
//
// net/tls requests an algorithm by name ("gcm(aes)") and gets the driver with the highest priority
// (crypto/api.c, __crypto_alg_lookup). A template such as gcm_base is instantiated at its first
// use. Until then /proc/crypto does not list it, and the choice is not known yet.
#pragma once

#include "base/words.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

enum class TlsCipher;  // model/profile.h

// One record of /proc/crypto.
struct CryptoDriver {
  std::string name;    // the algorithm: "gcm(aes)"
  std::string driver;  // "generic-gcm-aesni"
  std::string module;  // "aesni_intel"; "kernel": built in
  int priority = 0;
  bool async = false;
  bool operator==(const CryptoDriver&) const = default;
};

struct CryptoFacts {
  // The usable drivers of TLS ciphers and of their parts, in the kernel's order. Internal drivers,
  // which only other drivers may use, keep their leading "__".
  std::vector<CryptoDriver> drivers;
  std::string cpu;              // "x86", "aarch64"; empty: not known
  std::optional<bool> cpu_aes;  // whether the CPU has AES instructions; nullopt: not known
  std::vector<std::string> accelerators;  // loaded modules that have accelerated AES
};

// The kind of code that the kernel uses for a cipher.
enum class CipherClass {
  Accelerated,      // code for this CPU, or a device
  Generic,          // at least one part is plain C
  NotInstantiated,  // not used since boot, so the kernel has not chosen yet
  Unknown,          // the drivers' names do not tell
};
template <>
inline constexpr auto kWords<CipherClass> =
    std::to_array<Word<CipherClass>>({{CipherClass::Accelerated, "accelerated"},
                                      {CipherClass::Generic, "generic"},
                                      {CipherClass::NotInstantiated, "not_instantiated"},
                                      {CipherClass::Unknown, "unknown"}});
std::string_view cipher_class_name(CipherClass kind);  // "accelerated", "generic", …

struct KernelCipher {
  std::string_view algorithm;  // "gcm(aes)"
  CipherClass kind = CipherClass::Unknown;
  // Only with NotInstantiated: the expected kind, from the parts. The kernel may load a better
  // driver at the first use.
  CipherClass expected_kind = CipherClass::Unknown;
  std::string driver;  // empty: none yet
  std::string module;
  int priority = 0;
  bool async = false;   // TLS 1.2 may queue decryptions; TLS 1.3 waits for each one
  std::string because;  // a clause: "ghash-generic is plain C"
};

// Parses the text of /proc/crypto; keeps the usable records of TLS ciphers and their parts.
std::vector<CryptoDriver> parse_proc_crypto(std::string_view text);

// The class of a driver by its name. For a template the names of all parts count.
CipherClass class_of_driver(std::string_view driver);

// One entry for each cipher that the kernel's TLS supports, in a fixed order.
std::vector<KernelCipher> kernel_ciphers(const CryptoFacts& crypto);
KernelCipher kernel_cipher(const CryptoFacts& crypto, TlsCipher cipher);

// How to get an accelerated driver for a generic cipher on this machine: "modprobe aesni_intel".
std::string accelerate_next_step(const CryptoFacts& crypto, TlsCipher cipher);

// The warning if the kernel's AES-GCM is plain C. nullopt: it is not, or not used yet, or unknown.
std::optional<std::string> generic_cipher_warning(const std::optional<CryptoFacts>& crypto);

}  // namespace tuner
