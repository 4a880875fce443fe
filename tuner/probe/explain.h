// Why a direction stayed in user space. Pure.
#pragma once

#include "model/facts.h"
#include "probe/report.h"

#include <optional>
#include <string>

namespace tuner {

// What the kernel answers to TCP_ULP and TLS_TX or TLS_RX with a made-up key: 0 or an errno.
struct KernelOffer {
  int tx = 0;
  int rx = 0;
};

struct Situation {
  bool asked = true;  // was SSL_OP_ENABLE_KTLS set?
  ModuleFacts tls;
  bool tls_loaded = false;
  LibraryFacts library;
  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  std::optional<KernelOffer> offer;  // absent: tls is not loaded, so nobody asked
  bool tx = false;                   // what went to the kernel
  bool rx = false;
};

struct Explanation {
  std::string because;   // empty: both directions are in the kernel
  bool possible = true;  // false: this kernel cannot, or its administrator forbids it
};

// Every cause that applies, then the kernel's before the library's: a libssl that cannot is named
// even where the module is missing, so that the operator learns of both at once.
Explanation explain(const Situation& situation);

// The ability of this libssl for one cell; nothing where it does not even offer the cipher.
std::optional<LibraryFacts::Ability> ability_for(const LibraryFacts& library, TlsVersion version,
                                                 TlsCipher cipher);

}  // namespace tuner
