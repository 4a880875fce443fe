// Explains why a direction stayed in user space. Pure.
#pragma once

#include "model/facts.h"
#include "probe/report.h"

#include <optional>
#include <string>

namespace tuner {

// The kernel's result for setsockopt(TLS_TX) and (TLS_RX) with a made-up key: 0 or an errno.
struct KernelAnswer {
  int tx = 0;
  int rx = 0;
};

struct ExplainInput {
  bool asked = true;  // was SSL_OP_ENABLE_KTLS set?
  ModuleFacts tls;
  bool tls_loaded = false;
  LibraryFacts library;
  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  std::optional<KernelAnswer> offer;  // absent: not asked, e.g. because tls is not loaded
  bool tx = false;                    // transmit was in the kernel
  bool rx = false;                    // receive was in the kernel
};

struct Explanation {
  std::string because;   // empty: both directions are in the kernel
  bool possible = true;  // false: the kernel cannot, or its configuration forbids it
};

// All causes that apply, the kernel's before the library's. A limit of libssl is reported even if
// the module is missing, so that the operator learns of both at once.
Explanation explain(const ExplainInput& situation);

// Why the tls module cannot be used. Call it only if tls is not loaded.
std::string module_cause(const ModuleFacts& tls);

// What libssl can offload for one version and cipher; nullopt: it does not offer the cipher.
std::optional<LibraryFacts::Ability> ability_for(const LibraryFacts& library, TlsVersion version,
                                                 TlsCipher cipher);

}  // namespace tuner
