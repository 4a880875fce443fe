// The ciphers of TLS records that a kernel may take, and the sizes of their records. Pure.
#pragma once

#include "base/words.h"
#include "model/profile.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace tuner {

// Those of include/uapi/linux/tls.h. OpenSSL hands over only the four that TlsCipher has too.
enum class RecordCipher {
  Aes128Gcm,
  Aes256Gcm,
  Aes128Ccm,
  Chacha20Poly1305,
  Sm4Gcm,
  Sm4Ccm,
  Aria128Gcm,
  Aria256Gcm
};
template <>
inline constexpr auto kWords<RecordCipher> =
    std::to_array<Word<RecordCipher>>({{RecordCipher::Aes128Gcm, "AES-128-GCM"},
                                       {RecordCipher::Aes256Gcm, "AES-256-GCM"},
                                       {RecordCipher::Aes128Ccm, "AES-128-CCM"},
                                       {RecordCipher::Chacha20Poly1305, "CHACHA20-POLY1305"},
                                       {RecordCipher::Sm4Gcm, "SM4-GCM"},
                                       {RecordCipher::Sm4Ccm, "SM4-CCM"},
                                       {RecordCipher::Aria128Gcm, "ARIA-128-GCM"},
                                       {RecordCipher::Aria256Gcm, "ARIA-256-GCM"}});

// Sizes in bytes.
struct RecordCipherFacts {
  RecordCipher cipher;
  std::uint16_t kernel_number;  // TLS_CIPHER_… (include/uapi/linux/tls.h)
  std::size_t key;
  std::size_t salt;
  std::size_t iv;
};

inline constexpr std::array<RecordCipherFacts, 8> kRecordCiphers{{
    {RecordCipher::Aes128Gcm, 51, 16, 4, 8},
    {RecordCipher::Aes256Gcm, 52, 32, 4, 8},
    {RecordCipher::Aes128Ccm, 53, 16, 4, 8},
    {RecordCipher::Chacha20Poly1305, 54, 32, 0, 12},
    {RecordCipher::Sm4Gcm, 55, 16, 4, 8},
    {RecordCipher::Sm4Ccm, 56, 16, 4, 8},
    {RecordCipher::Aria128Gcm, 57, 16, 4, 8},
    {RecordCipher::Aria256Gcm, 58, 32, 4, 8},
}};

constexpr const RecordCipherFacts& facts_of(RecordCipher cipher) {
  return kRecordCiphers[static_cast<std::size_t>(cipher)];
}

inline constexpr std::size_t kRecordHeader = 5;
inline constexpr std::size_t kRecordTag = 16;

// The part of the nonce that a record carries (RFC 5288, 3; RFC 6655, 3). TLS 1.3 and
// ChaCha20-Poly1305 (RFC 7905, 2) derive all of it.
constexpr std::size_t explicit_nonce(TlsVersion version, RecordCipher cipher) {
  const bool carried = version == TlsVersion::Tls12 && cipher != RecordCipher::Chacha20Poly1305;
  return carried ? facts_of(cipher).iv : 0;
}

// How much longer a record is than its plaintext. TLS 1.3 encrypts the type of the content too, and
// the kernel adds no padding.
constexpr std::size_t record_overhead(TlsVersion version, RecordCipher cipher) {
  const std::size_t type = version == TlsVersion::Tls13 ? 1 : 0;
  return kRecordHeader + explicit_nonce(version, cipher) + type + kRecordTag;
}

constexpr bool libssl_hands_over(RecordCipher cipher) {
  return cipher <= RecordCipher::Chacha20Poly1305;
}

}  // namespace tuner
