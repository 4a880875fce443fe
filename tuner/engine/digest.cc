// Links only the SHA-256 functions from the archive libcrypto.a: 25 KB and no shared library. The
// build needs OpenSSL for the probe's helper anyway. A checksum such as base/fnv.h is not enough:
// an altered line with a second change that compensates for it must not pass. EVP, the interface
// that OpenSSL 3 recommends, would link all of the library.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "engine/digest.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

namespace tuner {

std::string sha256(std::string_view text) {
  SHA256_CTX state;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_Init(&state);
  SHA256_Update(&state, text.data(), text.size());
  SHA256_Final(digest.data(), &state);
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace tuner
