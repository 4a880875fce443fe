#include "probe/handshake/trials/record_protection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace tuner {
namespace {

using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

// OpenSSL's names (EVP_CIPHER-AES(7), EVP_CIPHER-ARIA(7), EVP_CIPHER-SM4(7)).
const char* evp_name(RecordCipher cipher) {
  switch (cipher) {
    case RecordCipher::Aes128Gcm: return "AES-128-GCM";
    case RecordCipher::Aes256Gcm: return "AES-256-GCM";
    case RecordCipher::Aes128Ccm: return "AES-128-CCM";
    case RecordCipher::Chacha20Poly1305: return "ChaCha20-Poly1305";
    case RecordCipher::Sm4Gcm: return "SM4-GCM";
    case RecordCipher::Sm4Ccm: return "SM4-CCM";
    case RecordCipher::Aria128Gcm: return "ARIA-128-GCM";
    case RecordCipher::Aria256Gcm: return "ARIA-256-GCM";
  }
  return "";
}

bool is_ccm(RecordCipher cipher) {
  return cipher == RecordCipher::Aes128Ccm || cipher == RecordCipher::Sm4Ccm;
}

void append(ByteBuffer& bytes, ByteView more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

void append_number(ByteBuffer& bytes, std::uint64_t number, unsigned size) {
  for (unsigned i = size; i > 0; --i)
    bytes.push_back(static_cast<std::uint8_t>(number >> (8 * (i - 1))));
}

ByteBuffer pattern(std::size_t size, unsigned start, unsigned step) {
  ByteBuffer bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(start + step * i);
  return bytes;
}

// As the kernel does it (tls_bigint_increment(), net/tls/tls.h).
void increment(ByteBuffer& number) {
  for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
    if (++*byte != 0) return;
  }
}

// One record's work for EVP. The output has the size of the input; the tag is apart.
struct AeadTask {
  const EVP_CIPHER* cipher = nullptr;
  bool ccm = false;
  bool sealing = false;
  ByteView key;
  ByteView nonce;
  ByteView additional;
  ByteView input;
  std::span<std::uint8_t> output;
  std::uint8_t* tag = nullptr;
};

int size_of(ByteView bytes) {
  return static_cast<int>(bytes.size());
}

// CCM needs the length of all data before the additional data, and the length of the tag before the
// key (EVP_EncryptInit(3), "CCM Mode").
bool begin(EVP_CIPHER_CTX* context, const AeadTask& task) {
  const int sealing = task.sealing ? 1 : 0;
  int ignored = 0;
  if (EVP_CipherInit_ex(context, task.cipher, nullptr, nullptr, nullptr, sealing) != 1 ||
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, size_of(task.nonce), nullptr) != 1)
    return false;
  const bool tag_first = task.ccm || !task.sealing;
  if (tag_first && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kRecordTag,
                                       task.sealing ? nullptr : task.tag) != 1)
    return false;
  return EVP_CipherInit_ex(context, nullptr, nullptr, task.key.data(), task.nonce.data(),
                           sealing) == 1 &&
         (!task.ccm ||
          EVP_CipherUpdate(context, nullptr, &ignored, nullptr, size_of(task.input)) == 1) &&
         EVP_CipherUpdate(context, nullptr, &ignored, task.additional.data(),
                          size_of(task.additional)) == 1;
}

bool run(const AeadTask& task) {
  const CipherContext context(EVP_CIPHER_CTX_new());
  if (!context || !begin(context.get(), task)) return false;
  // An empty span may have no address, and EVP takes that for the end.
  std::uint8_t none[16] = {};
  std::uint8_t* const output = task.output.empty() ? none : task.output.data();
  const std::uint8_t* const input = task.input.empty() ? none : task.input.data();
  int written = 0;
  if (EVP_CipherUpdate(context.get(), output, &written, input, size_of(task.input)) != 1)
    return false;
  std::uint8_t end[16] = {};
  // CCM has verified the tag with the data.
  if (!(task.ccm && !task.sealing) && EVP_CipherFinal_ex(context.get(), end, &written) != 1)
    return false;
  return !task.sealing ||
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kRecordTag, task.tag) == 1;
}

ByteBuffer header_of(std::uint8_t type, std::size_t size) {
  ByteBuffer header{type, 3, 3};  // TLS 1.3 says 1.2 here (RFC 8446, 5.1)
  append_number(header, size, 2);
  return header;
}

}  // namespace

RecordKey test_key(TlsVersion version, RecordCipher cipher) {
  const RecordCipherFacts& facts = facts_of(cipher);
  // Within the first records the sequence passes 2^32, and the last byte of the explicit nonce
  // passes 255: a carry that is lost would show.
  RecordKey key{.version = version,
                .cipher = cipher,
                .key = pattern(facts.key, 0x11, 7),
                .salt = pattern(facts.salt, 0x80, 3),
                .iv = pattern(facts.iv, 0x21, 5),
                .sequence = 0xfffffffdU};
  key.iv.back() = 0xfe;
  return key;
}

ByteBuffer crypto_info(const RecordKey& key) {
  // struct tls12_crypto_info_… of any cipher: the head in the host's byte order, then arrays of
  // bytes without gaps: iv, key, salt, rec_seq (include/uapi/linux/tls.h).
  const std::uint16_t head[] = {
      static_cast<std::uint16_t>(key.version == TlsVersion::Tls12 ? 0x0303 : 0x0304),
      facts_of(key.cipher).kernel_number};
  ByteBuffer info(sizeof head);
  std::memcpy(info.data(), head, sizeof head);
  append(info, key.iv);
  append(info, key.key);
  append(info, key.salt);
  append_number(info, key.sequence, 8);
  return info;
}

Result<RecordProtection> RecordProtection::with(RecordKey key) {
  Cipher cipher(EVP_CIPHER_fetch(nullptr, evp_name(key.cipher), nullptr));
  if (!cipher) {
    const std::string why = openssl_error("fetch").text;  // also empties the queue
    return fail(Fault::Unsupported,
                fmt::format("this OpenSSL has no {}: {}", word_of(key.cipher), why));
  }
  return RecordProtection(std::move(key), std::move(cipher));
}

ByteBuffer RecordProtection::nonce_for(ByteView explicit_part) const {
  ByteBuffer nonce = key_.salt;
  // GCM and CCM of TLS 1.2 carry eight bytes of the nonce in each record (RFC 5288, 3).
  if (!explicit_part.empty()) {
    append(nonce, explicit_part);
    return nonce;
  }
  // All others: the sequence is added to a fixed part without a carry (RFC 8446, 5.3; RFC 7905, 2).
  append(nonce, key_.iv);
  for (std::size_t i = 0; i < 8; ++i)
    nonce[nonce.size() - 1 - i] ^= static_cast<std::uint8_t>(key_.sequence >> (8 * i));
  return nonce;
}

ByteBuffer RecordProtection::additional_data(std::uint8_t type, ByteView header,
                                             std::size_t size) const {
  // TLS 1.3 authenticates the header as it is sent (RFC 8446, 5.2), TLS 1.2 the sequence and a
  // header with the size of the plain text (RFC 5246, 6.2.3.3).
  if (key_.version == TlsVersion::Tls13) return {header.begin(), header.end()};
  ByteBuffer data;
  append_number(data, key_.sequence, 8);
  append(data, header_of(type, size));
  return data;
}

void RecordProtection::advance() {
  ++key_.sequence;
  if (explicit_nonce(key_.version, key_.cipher) > 0) increment(key_.iv);
}

Result<ByteBuffer> RecordProtection::seal(std::uint8_t type, ByteView content, ByteView nonce) {
  const bool tls13 = key_.version == TlsVersion::Tls13;
  const std::size_t carried = explicit_nonce(key_.version, key_.cipher);
  ByteBuffer inner(content.begin(), content.end());
  // TLS 1.3 hides the type behind the content (RFC 8446, 5.4).
  if (tls13) inner.push_back(type);
  const ByteBuffer header =
      header_of(tls13 ? kDataRecord : type, carried + inner.size() + kRecordTag);
  const ByteView explicit_part = carried == 0 ? ByteView() : nonce.empty() ? key_.iv : nonce;
  const ByteBuffer whole_nonce = nonce_for(explicit_part);
  const ByteBuffer additional = additional_data(type, header, inner.size());
  ByteBuffer record = header;
  append(record, explicit_part);
  const std::size_t at = record.size();
  record.resize(at + inner.size() + kRecordTag);
  if (!run({.cipher = cipher_.get(),
            .ccm = is_ccm(key_.cipher),
            .sealing = true,
            .key = key_.key,
            .nonce = whole_nonce,
            .additional = additional,
            .input = inner,
            .output = std::span(record).subspan(at, inner.size()),
            .tag = record.data() + at + inner.size()}))
    return fail(openssl_error("encrypt a record"));
  advance();
  return record;
}

Result<OpenedRecord> RecordProtection::open(ByteView record) {
  const std::size_t carried = explicit_nonce(key_.version, key_.cipher);
  if (record.size() < kRecordHeader + carried + kRecordTag)
    return fail(Fault::Invalid, fmt::format("a record of {} bytes is too short", record.size()));
  const ByteView header = record.first(kRecordHeader);
  const std::size_t stated = (header[3] * 256U) + header[4];
  if (header[1] != 3 || header[2] != 3 || stated != record.size() - kRecordHeader)
    return fail(Fault::Invalid, "the header of a record is wrong");
  const ByteView body = record.subspan(kRecordHeader + carried);
  const std::size_t size = body.size() - kRecordTag;
  ByteBuffer tag(body.end() - kRecordTag, body.end());
  OpenedRecord opened{.type = header[0],
                      .content = ByteBuffer(size),
                      .nonce = nonce_for(record.subspan(kRecordHeader, carried))};
  const ByteBuffer additional = additional_data(opened.type, header, size);
  const bool authentic = run({.cipher = cipher_.get(),
                              .ccm = is_ccm(key_.cipher),
                              .sealing = false,
                              .key = key_.key,
                              .nonce = opened.nonce,
                              .additional = additional,
                              .input = body.first(size),
                              .output = opened.content,
                              .tag = tag.data()});
  if (!authentic)
    return fail(Fault::Invalid, fmt::format("record {} is not authentic", key_.sequence));
  advance();
  if (key_.version != TlsVersion::Tls13) return opened;
  // The padding, zeros, then the type (RFC 8446, 5.4).
  if (opened.type != kDataRecord) return fail(Fault::Invalid, "the type of a record is visible");
  while (!opened.content.empty() && opened.content.back() == 0) opened.content.pop_back();
  if (opened.content.empty()) return fail(Fault::Invalid, "a record has no type");
  opened.type = opened.content.back();
  opened.content.pop_back();
  return opened;
}

}  // namespace tuner
