// Links only the SHA-256 functions from the archive libcrypto.a: 25 KB and no shared library. The
// build needs OpenSSL for the probe's helper anyway. A checksum such as base/fnv.h is not enough:
// an altered line with a second change that compensates for it must not pass. EVP, the interface
// that OpenSSL 3 recommends, would link all of the library.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "engine/digest.h"

#include <openssl/sha.h>

#include <array>

namespace tuner {

std::string sha256(std::initializer_list<std::string_view> parts) {
  SHA256_CTX state;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_Init(&state);
  for (const std::string_view part : parts) SHA256_Update(&state, part.data(), part.size());
  SHA256_Final(digest.data(), &state);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex(2 * digest.size(), '0');
  for (std::size_t i = 0; i < digest.size(); ++i) {
    hex[2 * i] = kDigits[digest[i] >> 4U];
    hex[2 * i + 1] = kDigits[digest[i] & 0xFU];
  }
  return hex;
}

std::string sha256(std::string_view text) {
  return sha256({text});
}

}  // namespace tuner
