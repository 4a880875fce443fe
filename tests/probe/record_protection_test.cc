#include "probe/handshake/trials/record_protection.h"

#include "probe/handshake/connection/payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <linux/tls.h>

#include <cstring>

namespace tuner {
namespace {

using ::testing::HasSubstr;

struct Each {
  TlsVersion version;
  RecordCipher cipher;
};

std::vector<Each> each() {
  std::vector<Each> all;
  for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
    for (const RecordCipherFacts& facts : kRecordCiphers) all.push_back({version, facts.cipher});
  }
  return all;
}

std::string name_of(const Each& one) {
  return std::string(word_of(one.version)) + " " + std::string(word_of(one.cipher));
}

ByteBuffer from_hex(std::string_view text) {
  ByteBuffer bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return bytes;
}

TEST(RecordProtection, OpensWhatItSealsOfAnySize) {
  for (const Each& one : each()) {
    auto sealing = RecordProtection::with(test_key(one.version, one.cipher));
    auto opening = RecordProtection::with(test_key(one.version, one.cipher));
    if (!sealing) {  // SM4 needs OpenSSL 3.1
      EXPECT_EQ(sealing.error().fault, Fault::Unsupported);
      EXPECT_FALSE(libssl_hands_over(one.cipher)) << sealing.error().text;
      continue;
    }
    for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 16384U}) {
      const ByteBuffer content = make_payload(size, size);
      const auto record = sealing->seal(kDataRecord, content);
      ASSERT_TRUE(record) << name_of(one) << record.error().text;
      EXPECT_EQ(record->size(), size + record_overhead(one.version, one.cipher)) << name_of(one);
      const auto opened = opening->open(*record);
      ASSERT_TRUE(opened) << name_of(one) << ", " << size << ": " << opened.error().text;
      EXPECT_EQ(opened->content, content) << name_of(one);
      EXPECT_EQ(opened->type, kDataRecord);
    }
    const auto alert = sealing->seal(kAlertRecord, ByteBuffer{1, 0});
    const auto opened = opening->open(*alert);
    ASSERT_TRUE(opened) << name_of(one);
    EXPECT_EQ(opened->type, kAlertRecord);
  }
}

TEST(RecordProtection, EveryFlippedBitIsSeen) {
  for (const Each& one : each()) {
    auto sealing = RecordProtection::with(test_key(one.version, one.cipher));
    if (!sealing) continue;
    const auto record = sealing->seal(kDataRecord, make_payload(1, 40));
    ASSERT_TRUE(record);
    for (std::size_t at = 0; at < record->size(); ++at) {
      ByteBuffer damaged = *record;
      damaged[at] ^= 0x40U;
      auto opening = RecordProtection::with(test_key(one.version, one.cipher));
      EXPECT_FALSE(opening->open(damaged)) << name_of(one) << ", byte " << at;
    }
  }
}

TEST(RecordProtection, ARecordOutOfOrderIsNotAuthentic) {
  for (const Each& one : each()) {
    auto sealing = RecordProtection::with(test_key(one.version, one.cipher));
    if (!sealing) continue;
    const auto first = sealing->seal(kDataRecord, ByteBuffer{1});
    const auto second = sealing->seal(kDataRecord, ByteBuffer{1});
    ASSERT_NE(*first, *second) << name_of(one);
    auto opening = RecordProtection::with(test_key(one.version, one.cipher));
    EXPECT_THAT(opening->open(*second).error().text, HasSubstr("not authentic"));
  }
}

TEST(RecordProtection, AShortOrWronglyHeadedRecordIsRefused) {
  auto opening = RecordProtection::with(test_key(TlsVersion::Tls12, RecordCipher::Aes128Gcm));
  for (std::size_t size = 0; size < 29; ++size)
    EXPECT_THAT(opening->open(ByteBuffer(size)).error().text, HasSubstr("too short"));
  EXPECT_THAT(opening->open(ByteBuffer(29)).error().text, HasSubstr("header"));
}

// The application data of the client in the trace of RFC 8448, section 3: not made by this code.
TEST(RecordProtection, AgreesWithTheTraceOfRfc8448) {
  RecordKey key{.version = TlsVersion::Tls13,
                .cipher = RecordCipher::Aes128Gcm,
                .key = from_hex("17422dda596ed5d9acd890e3c63f5051"),
                .salt = from_hex("5b78923d"),
                .iv = from_hex("ee08579033e523d9"),
                .sequence = 0};
  auto sealing = RecordProtection::with(key);
  ByteBuffer content;
  for (std::uint8_t i = 0; i < 50; ++i) content.push_back(i);
  EXPECT_EQ(
      *sealing->seal(kDataRecord, content),
      from_hex("1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b3"
               "95bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4"));
}

TEST(CryptoInfo, HasTheLayoutOfTheKernelsStructs) {
  const RecordKey key = test_key(TlsVersion::Tls12, RecordCipher::Aes256Gcm);
  const ByteBuffer info = crypto_info(key);
  tls12_crypto_info_aes_gcm_256 wanted{};
  ASSERT_EQ(info.size(), sizeof wanted);
  std::memcpy(&wanted, info.data(), info.size());
  EXPECT_EQ(wanted.info.version, TLS_1_2_VERSION);
  EXPECT_EQ(wanted.info.cipher_type, TLS_CIPHER_AES_GCM_256);
  EXPECT_EQ(ByteBuffer(std::begin(wanted.key), std::end(wanted.key)), key.key);
  EXPECT_EQ(ByteBuffer(std::begin(wanted.iv), std::end(wanted.iv)), key.iv);
  EXPECT_EQ(ByteBuffer(std::begin(wanted.salt), std::end(wanted.salt)), key.salt);
  EXPECT_EQ(ByteBuffer(std::begin(wanted.rec_seq), std::end(wanted.rec_seq)),
            (ByteBuffer{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xfd}));
  EXPECT_EQ(crypto_info(test_key(TlsVersion::Tls13, RecordCipher::Chacha20Poly1305)).size(),
            sizeof(tls12_crypto_info_chacha20_poly1305));
}

}  // namespace
}  // namespace tuner
