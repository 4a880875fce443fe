#include "probe/handshake/connection/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

// Passes the bytes in pieces of at most wanted() bytes.
Result<std::optional<Frame>> feed(FrameReader& reader, std::string_view bytes) {
  Result<std::optional<Frame>> last = std::optional<Frame>();
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), reader.wanted());
    last = reader.take(bytes.substr(0, size));
    if (!last || *last) return last;
    bytes.remove_prefix(size);
  }
  return last;
}

TEST(Frame, AFrameSurvivesARoundTripAndNoByteAfterItIsRead) {
  for (const std::string& payload : {std::string(), std::string("x"), std::string(128, '\0')}) {
    const Frame frame{FrameKind::Challenge, payload};
    const std::string bytes = encode_frame(frame);
    FrameReader reader(128);
    std::size_t taken = 0;
    Result<std::optional<Frame>> read = std::optional<Frame>();
    while (!*read) {
      const std::size_t size = reader.wanted();
      ASSERT_LE(taken + size, bytes.size()) << "TLS may begin right after the frame";
      read = reader.take(std::string_view(bytes).substr(taken, size));
      ASSERT_TRUE(read);
      taken += size;
    }
    EXPECT_EQ(**read, frame);
    EXPECT_EQ(taken, bytes.size());
  }
}

TEST(Frame, OneByteAtATimeIsEnough) {
  const std::string bytes = encode_frame({FrameKind::Proof, "0123456789"});
  FrameReader reader(16);
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    const auto nothing = reader.take(bytes.substr(i, 1));
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(*nothing) << i;
  }
  const auto frame = reader.take(bytes.substr(bytes.size() - 1));
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->payload, "0123456789");
}

TEST(Frame, AnotherProtocolIsDetectedByItsFirstBytes) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view bytes :
       {"GET / HTTP/1.1\r\n"sv, "SSH-2.0-OpenSSH\r\n"sv, "\x16\x03\x01\x02\x00\x01"sv,
        "\0\0\0\0\x01"sv, "\0\0\0\x05\0zzzz"sv, "\0\0\0\x05\x09zzzz"sv, "\xff\xff\xff\xff\x01"sv}) {
    FrameReader reader(128);
    const auto frame = feed(reader, bytes);
    ASSERT_FALSE(frame);
    EXPECT_EQ(frame.error().fault, Fault::Invalid);
    EXPECT_EQ(frame.error().text, "the received data is not the probe's protocol");
  }
}

TEST(Frame, AnUnauthenticatedPeerIsLimitedToShortFrames) {
  FrameReader reader(kLongestUnauthenticated);
  const std::string bytes = encode_frame({FrameKind::Message, std::string(129, 'x')});
  const auto frame = feed(reader, bytes);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().text, "a frame has 129 bytes, at most 128 are allowed");
}

TEST(Frame, AHelloCarriesItsNonce) {
  const std::string nonce(kNonceSize, 'n');
  const auto back = decode_hello(encode_hello(nonce));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, nonce);
}

TEST(Frame, AnotherVersionIsNamedWithTheRemedy) {
  std::string hello = encode_hello(std::string(kNonceSize, 'n'));
  hello[17] = 9;
  for (const std::string& payload : {hello, hello + "and more in a later version"}) {
    const auto nonce = decode_hello(payload);
    ASSERT_FALSE(nonce);
    EXPECT_EQ(nonce.error().fault, Fault::Unsupported);
    EXPECT_EQ(nonce.error().text,
              "the other end uses version 9 of the probe's protocol, this end 2");
    EXPECT_THAT(nonce.error().hint, HasSubstr("same ktls-tuner"));
  }
}

TEST(Frame, AMalformedHelloIsInvalid) {
  const std::string hello = encode_hello(std::string(kNonceSize, 'n'));
  for (const std::string& payload : {std::string(), hello.substr(0, 17), hello.substr(0, 49),
                                     hello + "x", "x" + hello.substr(1)}) {
    const auto nonce = decode_hello(payload);
    ASSERT_FALSE(nonce) << payload;
    EXPECT_EQ(nonce.error().fault, Fault::Invalid);
  }
}

}  // namespace
}  // namespace tuner
