#include "model/kernel_crypto.h"

#include "base/number.h"
#include "base/text.h"
#include "model/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

// The algorithms that net/tls requests (net/tls/tls_main.c, tls_cipher_desc), and the algorithms
// that their templates combine (crypto/gcm.c, crypto/ccm.c, crypto/chacha20poly1305.c).
struct Recipe {
  std::string_view algorithm;
  std::array<std::string_view, 3> parts;  // the cipher, its fallback if missing, the digest
};
constexpr std::array kRecipes = {
    Recipe{"gcm(aes)", {"ctr(aes)", "aes", "ghash"}},
    Recipe{"ccm(aes)", {"ctr(aes)", "aes", "cbcmac(aes)"}},
    Recipe{"rfc7539(chacha20,poly1305)", {"chacha20", "", "poly1305"}},
    Recipe{"gcm(sm4)", {"ctr(sm4)", "sm4", "ghash"}},
    Recipe{"ccm(sm4)", {"ctr(sm4)", "sm4", "cbcmac(sm4)"}},
};

std::string_view algorithm_of(TlsCipher cipher) {
  switch (cipher) {
    case TlsCipher::Aes128Gcm:
    case TlsCipher::Aes256Gcm: return "gcm(aes)";
    case TlsCipher::Aes128Ccm: return "ccm(aes)";
    case TlsCipher::Chacha20Poly1305: return "rfc7539(chacha20,poly1305)";
  }
  return "";
}

std::string_view without_underscores(std::string_view name) {
  return name.starts_with("__") ? name.substr(2) : name;
}

bool is_of_interest(std::string_view name) {
  name = without_underscores(name);
  return std::ranges::any_of(kRecipes, [&](const Recipe& recipe) {
    return name == recipe.algorithm ||
           (!name.empty() && std::ranges::count(recipe.parts, name) > 0);
  });
}

// ---- /proc/crypto

// One record during parsing (crypto/proc.c).
struct Record {
  CryptoDriver driver;
  bool passed = true;
  bool internal = false;
};

void take_line(std::string_view line, Record& record) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view key = trim(line.substr(0, colon));
  const std::string_view value = trim(line.substr(colon + 1));
  if (key == "name") record.driver.name = value;
  if (key == "driver") record.driver.driver = value;
  if (key == "module") record.driver.module = value;
  if (key == "priority") record.driver.priority = whole_number<int>(value).value_or(0);
  if (key == "async") record.driver.async = value == "yes";
  if (key == "internal") record.internal = value == "yes";
  if (key == "selftest") record.passed = value == "passed";
}

// ---- Names of drivers

// The names in "gcm_base(ctr(aes-generic),ghash-generic)" that are not templates.
std::vector<std::string_view> leaves_of(std::string_view driver) {
  std::vector<std::string_view> leaves;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= driver.size(); ++i) {
    const bool ends = i == driver.size() || driver[i] == ',' || driver[i] == ')';
    if (!ends && driver[i] != '(') continue;
    if (ends && i > from) leaves.push_back(driver.substr(from, i - from));
    from = i + 1;
  }
  return leaves;
}

// Only the end of a name counts: "generic-gcm-aesni" is AES-NI.
bool is_plain_c(std::string_view leaf) {
  return leaf.ends_with("-generic") || leaf.ends_with("-fixed-time");
}

// lib/crypto selects code by CPU and does not report which.
bool is_library(std::string_view leaf) {
  return leaf.ends_with("-lib");
}

std::string why(std::string_view driver) {
  for (const std::string_view leaf : leaves_of(driver)) {
    if (is_plain_c(leaf)) return fmt::format("{} is plain C", leaf);
  }
  for (const std::string_view leaf : leaves_of(driver)) {
    if (is_library(leaf))
      return fmt::format("{} is library code that selects by CPU and does not report which code",
                         leaf);
  }
  return fmt::format("{} is code for this CPU or a device", driver);
}

// ---- The kernel's choice

// The kernel takes the driver with the highest priority (crypto/api.c, __crypto_alg_lookup()).
const CryptoDriver* best(const CryptoFacts& crypto, std::string_view name) {
  const CryptoDriver* found = nullptr;
  for (const CryptoDriver& driver : crypto.drivers) {
    if (driver.name == name && (found == nullptr || driver.priority > found->priority))
      found = &driver;
  }
  return found;
}

// The class that a missing algorithm would have, made of the drivers that exist.
CipherClass outlook_of(const CryptoFacts& crypto, const Recipe& recipe) {
  const CryptoDriver* cipher = best(crypto, recipe.parts[0]);
  if (cipher == nullptr) cipher = best(crypto, recipe.parts[1]);
  const CryptoDriver* digest = best(crypto, recipe.parts[2]);
  if (cipher == nullptr) return CipherClass::Unknown;
  if (class_of_driver(cipher->driver) != CipherClass::Accelerated)
    return class_of_driver(cipher->driver);
  return digest == nullptr ? CipherClass::Unknown : class_of_driver(digest->driver);
}

KernelCipher not_instantiated(const CryptoFacts& crypto, const Recipe& recipe) {
  KernelCipher cipher{.algorithm = recipe.algorithm, .kind = CipherClass::NotInstantiated};
  // A template is instantiated by its first user: before the first TLS connection /proc/crypto has
  // no gcm(aes), and its absence says nothing about the code. An internal "__gcm(aes)" is made only
  // by code for the CPU (crypto/simd.c).
  const bool wrapped = best(crypto, fmt::format("__{}", recipe.algorithm)) != nullptr;
  cipher.expected_kind = wrapped ? CipherClass::Accelerated : outlook_of(crypto, recipe);
  cipher.because = fmt::format("no connection has used {} since boot", recipe.algorithm);
  return cipher;
}

KernelCipher chosen(const CryptoFacts& crypto, const Recipe& recipe) {
  const CryptoDriver* driver = best(crypto, recipe.algorithm);
  if (driver == nullptr) return not_instantiated(crypto, recipe);
  return {.algorithm = recipe.algorithm,
          .kind = class_of_driver(driver->driver),
          .driver = driver->driver,
          .module = driver->module,
          .priority = driver->priority,
          .async = driver->async,
          .because = why(driver->driver)};
}

bool has_accelerator(const CryptoFacts& crypto, std::string_view module) {
  return std::ranges::count(crypto.accelerators, module) > 0;
}

constexpr std::string_view kNewConnections = "new connections then use it";

// udev loads aesni_intel at boot if the CPU has the flag. A cloud image may lack the module, a VM
// the flag.
std::string accelerate_aes_x86(const CryptoFacts& crypto) {
  if (crypto.cpu_aes == false)
    return "this (virtual) CPU has no aes flag: give the VM a CPU model with it (QEMU: -cpu host, "
           "or +aes,+pclmulqdq)";
  const std::string flag = crypto.cpu_aes == true
                               ? "this CPU has the aes flag"
                               : "check that the CPU has the aes flag (/proc/cpuinfo)";
  if (has_accelerator(crypto, "aesni_intel"))
    return fmt::format("aesni_intel is loaded but not selected: see /proc/crypto; {}", flag);
  return fmt::format("modprobe aesni_intel ({}); {}", flag, kNewConnections);
}

std::string accelerate_aes(const CryptoFacts& crypto) {
  if (crypto.cpu == "aarch64") {
    if (crypto.cpu_aes == false) return "this (virtual) CPU has no aes feature";
    return fmt::format("modprobe aes_ce_blk; modprobe ghash_ce; {}", kNewConnections);
  }
  if (crypto.cpu == "x86") return accelerate_aes_x86(crypto);
  return "check that the CPU has instructions for AES and that the kernel's module for them is "
         "loaded (x86: aesni_intel; arm64: aes_ce_blk, ghash_ce)";
}

}  // namespace

std::string_view cipher_class_name(CipherClass kind) {
  return word_of(kind);
}

// name         : gcm(aes)
// driver       : generic-gcm-aesni
// module       : aesni_intel
// priority     : 400
// selftest     : passed
// internal     : no
// type         : aead
// async        : yes
std::vector<CryptoDriver> parse_proc_crypto(std::string_view text) {
  std::vector<CryptoDriver> drivers;
  Record record;
  const auto finish = [&] {
    // Since 4.1 internal algorithms have names of their own ("__gcm(aes)"). An internal driver with
    // a public name cannot be used.
    const bool usable = record.passed && !record.driver.driver.empty() &&
                        record.internal == record.driver.name.starts_with("__");
    if (usable && is_of_interest(record.driver.name)) drivers.push_back(std::move(record.driver));
    record = {};
  };
  for (const std::string_view line : lines(text)) {
    if (trim(line).empty()) {
      finish();
    } else {
      take_line(line, record);
    }
  }
  finish();
  return drivers;
}

CipherClass class_of_driver(std::string_view driver) {
  const auto leaves = leaves_of(driver);
  if (leaves.empty()) return CipherClass::Unknown;
  if (std::ranges::any_of(leaves, is_plain_c)) return CipherClass::Generic;
  if (std::ranges::any_of(leaves, is_library)) return CipherClass::Unknown;
  return CipherClass::Accelerated;
}

std::vector<KernelCipher> kernel_ciphers(const CryptoFacts& crypto) {
  std::vector<KernelCipher> ciphers;
  for (const Recipe& recipe : kRecipes) ciphers.push_back(chosen(crypto, recipe));
  return ciphers;
}

KernelCipher kernel_cipher(const CryptoFacts& crypto, TlsCipher cipher) {
  const auto* recipe = std::ranges::find(kRecipes, algorithm_of(cipher), &Recipe::algorithm);
  return recipe == kRecipes.end() ? KernelCipher{} : chosen(crypto, *recipe);
}

std::string accelerate_next_step(const CryptoFacts& crypto, TlsCipher cipher) {
  if (cipher != TlsCipher::Chacha20Poly1305) return accelerate_aes(crypto);
  return fmt::format(
      "load the kernel's ChaCha20 and Poly1305 for this CPU (x86: chacha-x86_64, "
      "poly1305-x86_64; arm64: chacha-neon, poly1305-neon); {}",
      kNewConnections);
}

std::optional<std::string> generic_cipher_warning(const std::optional<CryptoFacts>& crypto) {
  if (!crypto) return std::nullopt;
  const KernelCipher cipher = kernel_cipher(*crypto, TlsCipher::Aes128Gcm);
  // Only what is certain: without aesni_intel kernel TLS took 49 guest instructions a byte, against
  // 8 in user space.
  if (cipher.kind != CipherClass::Generic) return std::nullopt;
  return fmt::format(
      "the kernel encrypts AES-GCM with {} ({}), which costs several times the CPU time of "
      "encryption in user space: {}",
      cipher.driver, cipher.because, accelerate_next_step(*crypto, TlsCipher::Aes128Gcm));
}

}  // namespace tuner
