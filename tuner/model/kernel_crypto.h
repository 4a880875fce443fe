// By which code the kernel encrypts TLS: /proc/crypto as data, and what it says of each cipher.
// Pure; host/facts/crypto.cc fills it.
//
// net/tls asks for an algorithm by name ("gcm(aes)") and gets the driver of the highest priority
// (crypto/api.c, __crypto_alg_lookup). A template such as gcm_base is made of parts at its first
// use, so a machine that never used it does not list it: that is not plain C, but not known yet.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

enum class TlsCipher;  // model/profile.h

// One record of /proc/crypto.
struct CryptoDriver {
  std::string name;    // of the algorithm: "gcm(aes)"
  std::string driver;  // "generic-gcm-aesni"
  std::string module;  // "aesni_intel"; "kernel": built in
  int priority = 0;
  bool async = false;
  bool operator==(const CryptoDriver&) const = default;
};

struct CryptoFacts {
  // Those of TLS ciphers and of what they are made of; usable ones, in the kernel's order. Internal
  // ones, which only other drivers may use, keep their leading "__".
  std::vector<CryptoDriver> drivers;
  std::string cpu;              // "x86", "aarch64"; empty: not known
  std::optional<bool> cpu_aes;  // whether the CPU has instructions for AES; nothing: not known
  std::vector<std::string> accelerators;  // loaded modules that have accelerated AES
};

// What the kernel would do with a cipher.
enum class CipherClass {
  Accelerated,      // code for this CPU, or a device
  Generic,          // at least one part is plain C
  NotInstantiated,  // not used since boot, so the kernel has not chosen yet
  Unknown,          // the names do not tell
};
std::string_view cipher_class_name(CipherClass kind);  // "accelerated", "generic", …

struct KernelCipher {
  std::string_view algorithm;  // "gcm(aes)"
  CipherClass kind = CipherClass::Unknown;
  // NotInstantiated alone: what it is going to be made of, as far as the parts tell. The kernel may
  // load a better driver at the first use.
  CipherClass outlook = CipherClass::Unknown;
  std::string driver;  // empty: none yet
  std::string module;
  int priority = 0;
  bool async = false;   // decrypts of TLS 1.2 may be queued; TLS 1.3 waits for each
  std::string because;  // a clause: "ghash-generic is plain C"
};

// The records about TLS ciphers in the text of /proc/crypto.
std::vector<CryptoDriver> parse_proc_crypto(std::string_view text);

// Of one driver's name, a template's parts included.
CipherClass class_of_driver(std::string_view driver);

// One for each cipher that the kernel's TLS takes, in a fixed order.
std::vector<KernelCipher> kernel_ciphers(const CryptoFacts& crypto);
KernelCipher kernel_cipher(const CryptoFacts& crypto, TlsCipher cipher);

// "modprobe aesni_intel": what makes a generic cipher an accelerated one here.
std::string accelerate_next_step(const CryptoFacts& crypto, TlsCipher cipher);

// What to warn of where TLS is meant to run in the kernel and AES-GCM runs in plain C there.
// Nothing: it does not, is not used yet, or is not known.
std::optional<std::string> generic_cipher_warning(const std::optional<CryptoFacts>& crypto);

}  // namespace tuner
