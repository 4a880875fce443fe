#include "probe/handshake/trials/trial_wire.h"

#include "probe/handshake/connection/payload.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

RecordProtection protection(TlsVersion version) {
  auto made = RecordProtection::with(test_key(version, RecordCipher::Aes128Gcm));
  EXPECT_TRUE(made);
  return std::move(*made);
}

constexpr std::size_t kSize = 100;

// Three records of 100 bytes, as a kernel without a defect sends them.
ByteBuffer good_stream(TlsVersion version, const Payload& payload) {
  RecordProtection sealing = protection(version);
  ByteBuffer stream;
  for (std::size_t at = 0; at < payload.size(); at += kSize) {
    const auto record = sealing.seal(kDataRecord, ByteView(payload).subspan(at, kSize));
    stream.insert(stream.end(), record->begin(), record->end());
  }
  return stream;
}

RecordCheck check_of(TlsVersion version, const Payload& payload) {
  return {protection(version), protection(version), payload};
}

class RecordCheckTest : public ::testing::TestWithParam<TlsVersion> {
 protected:
  Payload payload_ = make_payload(1, 3 * kSize);
  ByteBuffer stream_ = good_stream(GetParam(), payload_);
};

TEST_P(RecordCheckTest, CountsAGoodStreamHoweverItIsCut) {
  for (const std::size_t cut : {1U, 3U, 7U, 4096U}) {
    RecordCheck check = check_of(GetParam(), payload_);
    for (std::size_t at = 0; at < stream_.size(); at += cut)
      check.take(ByteView(stream_).subspan(at, std::min(cut, stream_.size() - at)));
    EXPECT_EQ(check.records(), 3);
    EXPECT_EQ(check.bytes(), 300);
    EXPECT_EQ(check.wire_bytes(), static_cast<std::int64_t>(stream_.size()));
    EXPECT_EQ(check.differing(), 0);
    EXPECT_EQ(check.repeated_nonces(), 0);
    EXPECT_TRUE(check.complete());
  }
}

TEST_P(RecordCheckTest, AnyFlippedByteOfTheCiphertextIsSeen) {
  for (std::size_t at = 0; at < stream_.size(); ++at) {
    ByteBuffer damaged = stream_;
    damaged[at] ^= 1U;
    RecordCheck check = check_of(GetParam(), payload_);
    check.take(damaged);
    // A changed length waits for bytes that never come: then records are missing.
    EXPECT_TRUE(check.differing() > 0 || check.records() < 3) << at;
    EXPECT_FALSE(check.complete()) << at;
  }
}

TEST_P(RecordCheckTest, PlainTextInPlaceOfRecordsIsSeen) {
  RecordCheck check = check_of(GetParam(), payload_);
  check.take(payload_);
  EXPECT_EQ(check.records(), 0);
  EXPECT_FALSE(check.complete());
}

TEST_P(RecordCheckTest, AuthenticRecordsOfOtherContentAreSeen) {
  Payload other = payload_;
  other[150] ^= 1U;
  RecordCheck check = check_of(GetParam(), payload_);
  check.take(good_stream(GetParam(), other));
  EXPECT_EQ(check.differing(), 1);
}

TEST_P(RecordCheckTest, BytesBeyondTheEndAreSeen) {
  const Payload shorter(payload_.begin(), payload_.end() - 1);
  RecordCheck check = check_of(GetParam(), shorter);
  check.take(stream_);
  EXPECT_EQ(check.differing(), 1);
  EXPECT_EQ(check.bytes(), 300);
}

INSTANTIATE_TEST_SUITE_P(Versions, RecordCheckTest,
                         ::testing::Values(TlsVersion::Tls12, TlsVersion::Tls13));

// With one nonce twice the key stream is known.
TEST(RecordCheck, ARepeatedNonceIsSeen) {
  const Payload payload = make_payload(1, 20);
  RecordProtection sealing = protection(TlsVersion::Tls12);
  RecordCheck check = check_of(TlsVersion::Tls12, payload);
  for (const std::size_t at : {0U, 10U})
    check.take(*sealing.seal(kDataRecord, ByteView(payload).subspan(at, 10), ByteBuffer(8, 5)));
  EXPECT_EQ(check.differing(), 0);
  EXPECT_EQ(check.repeated_nonces(), 1);
}

TEST(ContentCheck, ComparesWhatArrives) {
  const Payload payload = make_payload(1, 20);
  ContentCheck check(payload);
  check.take(ByteView(payload).first(7));
  EXPECT_FALSE(check.complete());
  check.take(ByteView(payload).subspan(7));
  EXPECT_TRUE(check.complete());
  EXPECT_EQ(check.differing(), 0);
  check.take(ByteBuffer(2));
  EXPECT_EQ(check.differing(), 2);
}

}  // namespace
}  // namespace tuner
