#include "probe/handshake/connection/frame.h"

#include "model/utf8.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// A frame is 4 bytes of length (big endian, of kind and payload), one byte of kind, then the
// payload.
constexpr std::size_t kLengthSize = 4;
constexpr std::size_t kHeaderSize = kLengthSize + 1;
constexpr std::string_view kMagic = "ktls-tuner-probe";

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<std::uint8_t>(byte);
  return value;
}

std::string big_endian(std::uint32_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = size; i-- > 0;) {
    bytes += static_cast<char>(static_cast<std::uint8_t>(value >> 8U * i));
  }
  return bytes;
}

bool is_kind(char byte) {
  return byte >= static_cast<char>(FrameKind::Hello) && byte <= static_cast<char>(FrameKind::Bound);
}

tl::unexpected<Error> not_a_frame() {
  return fail(Fault::Invalid, "the received data is not the probe's protocol");
}

}  // namespace

std::string encode_frame(const Frame& frame) {
  const auto length = static_cast<std::uint32_t>(frame.payload.size() + 1);
  return big_endian(length, kLengthSize) + static_cast<char>(frame.kind) + frame.payload;
}

// Never more than one frame: bytes behind it belong to TLS, which starts on the same socket.
std::size_t FrameReader::wanted() const {
  if (bytes_.size() < kHeaderSize) return kHeaderSize - bytes_.size();
  const std::size_t whole = kLengthSize + big_endian(std::string_view(bytes_).substr(0, 4));
  return whole - bytes_.size();
}

// The kind is checked with the header alone, so a peer of another protocol is rejected after five
// bytes.
Result<std::optional<Frame>> FrameReader::take(std::string_view bytes) {
  bytes_ += bytes;
  if (bytes_.size() < kHeaderSize) return std::optional<Frame>();
  const std::size_t length = big_endian(std::string_view(bytes_).substr(0, kLengthSize));
  if (length == 0 || !is_kind(bytes_[kLengthSize])) return not_a_frame();
  if (length - 1 > longest_) {
    // The first bytes of a text protocol give a length far above any limit.
    if (length > kLongestMessage + 1) return not_a_frame();
    return fail(Fault::Invalid,
                fmt::format("a frame has {} bytes, at most {} are allowed", length - 1, longest_));
  }
  if (bytes_.size() < kLengthSize + length) return std::optional<Frame>();
  Frame frame{.kind = static_cast<FrameKind>(bytes_[kLengthSize]),
              .payload = bytes_.substr(kHeaderSize)};
  bytes_.clear();
  return std::optional<Frame>(std::move(frame));
}

std::string harmless(std::string_view text) {
  return escaped_line(text);
}

std::string encode_hello(std::string_view nonce) {
  return std::string(kMagic) + big_endian(kProtocolVersion, 2) + std::string(nonce);
}

Result<std::string> decode_hello(std::string_view payload) {
  if (payload.size() < kMagic.size() + 2 || !payload.starts_with(kMagic)) return not_a_frame();
  const std::uint32_t version = big_endian(payload.substr(kMagic.size(), 2));
  if (version != kProtocolVersion) {
    return fail(Fault::Unsupported,
                fmt::format("the other end uses version {} of the probe's protocol, this end {}",
                            version, kProtocolVersion),
                "use the same ktls-tuner at both ends");
  }
  const std::string_view nonce = payload.substr(kMagic.size() + 2);
  if (nonce.size() != kNonceSize) return not_a_frame();
  return std::string(nonce);
}

}  // namespace tuner
