// The kernel's own code for a cipher, called from here (AF_ALG, Documentation/crypto/userspace-if).
// It is the code that the tls module calls. Each record takes two system calls and a copy of its
// plaintext into the kernel, so what is measured is less than what the code itself can do.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "host/host.h"
#include "model/profile.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuner {

// Why AlgCipher::open() is not to be called: it would load af_alg, algif_aead or the cipher's
// module, and the benchmark loads nothing. nullopt: all are there. Reads files only.
std::optional<std::string> why_no_alg_cipher(const FileTree& files, TlsCipher cipher);

class AlgCipher {
 public:
  // Unsupported: the kernel has no AF_ALG or not this cipher. NotPermitted: a security policy.
  static Result<AlgCipher> open(TlsCipher cipher);

  // Seals one record with a nonce of its own.
  Outcome seal(std::span<const std::uint8_t> plain);

 private:
  explicit AlgCipher(TlsCipher cipher, UniqueFd operation);

  TlsCipher cipher_;
  UniqueFd operation_;
  std::vector<std::uint8_t> nonce_;
  std::vector<std::uint8_t> out_;
};

}  // namespace tuner
