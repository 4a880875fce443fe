// Of the archive libcrypto.a, the one function alone: 25 KB, no shared library, and the build needs
// OpenSSL for the probe's helper anyway. A checksum such as base/fnv.h would not do: a line that
// was altered by hand, with a second change that makes up for the first, must not pass for whole.
// EVP, which OpenSSL 3 would rather have called, brings all of the library in.
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
