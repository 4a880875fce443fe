// TLS records made and opened in user space with OpenSSL's EVP, as the other end of a socket whose
// records the kernel makes. The one place that builds nonces and additional data (RFC
// 5246, 6.2.3.3; RFC 7905, 2; RFC 8446, 5.2 and 5.3).
#pragma once

#include "probe/handshake/connection/openssl.h"
#include "probe/record_cipher.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tuner {

using ByteBuffer = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// The types of content of a record (RFC 8446, 5.1).
inline constexpr std::uint8_t kAlertRecord = 21;
inline constexpr std::uint8_t kHandshakeRecord = 22;
inline constexpr std::uint8_t kDataRecord = 23;

// What both ends of one direction know. It is made up and protects no data.
struct RecordKey {
  TlsVersion version = TlsVersion::Tls13;
  RecordCipher cipher = RecordCipher::Aes128Gcm;
  ByteBuffer key;
  ByteBuffer salt;
  ByteBuffer iv;
  std::uint64_t sequence = 0;  // of the first record
};

// Always the same for one version and cipher. Its sequence numbers pass 2^32 within the first
// records, and the last byte of its nonce wraps.
RecordKey test_key(TlsVersion version, RecordCipher cipher);

// struct tls12_crypto_info_… of include/uapi/linux/tls.h, for TLS_TX and TLS_RX.
ByteBuffer crypto_info(const RecordKey& key);

struct OpenedRecord {
  std::uint8_t type = 0;
  ByteBuffer content;
  ByteBuffer nonce;  // all 12 bytes
};

class RecordProtection {
 public:
  // Unsupported: this OpenSSL does not have the cipher.
  static Result<RecordProtection> with(RecordKey key);

  // The next record. `nonce`: the explicit part to use; empty: the first one and its successors.
  Result<ByteBuffer> seal(std::uint8_t type, ByteView content, ByteView nonce = {});
  // The next record, header included. Invalid: it is not authentic, or its header is wrong.
  Result<OpenedRecord> open(ByteView record);
  std::uint64_t sequence() const { return key_.sequence; }

 private:
  using Cipher = Handle<EVP_CIPHER, EVP_CIPHER_free>;
  RecordProtection(RecordKey key, Cipher cipher)
      : key_(std::move(key)), cipher_(std::move(cipher)) {}

  ByteBuffer nonce_for(ByteView explicit_part) const;
  ByteBuffer additional_data(std::uint8_t type, ByteView header, std::size_t size) const;
  void advance();

  RecordKey key_;
  Cipher cipher_;
};

}  // namespace tuner
