// The frames that two probes exchange before TLS and inside it: length, kind, payload. Pure: takes
// bytes, returns frames. Never consumes bytes beyond the end of a frame, so that TLS can begin
// right after one.
//
//   00 00 00 21  03  …32 bytes…      length of kind and payload, kind, payload
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::uint16_t kProtocolVersion = 2;
inline constexpr std::size_t kNonceSize = 32;
inline constexpr std::size_t kDigestSize = 32;
inline constexpr std::size_t kTicketSize = 16;
// The longest payload of an unauthenticated peer, with room for the hello of a later version.
inline constexpr std::size_t kLongestUnauthenticated = 128;
// A report of one end has about 2 KiB, and more with all TLS statistics of a driver.
inline constexpr std::size_t kLongestMessage = 256U << 10U;

enum class FrameKind : std::uint8_t {
  Hello = 1,  // caller: magic, version, nonce
  Challenge,  // listener: nonce
  Proof,      // caller: proves that it knows the token
  Welcome,    // listener: proves the same
  Refused,    // listener: a word of refusal.h; the connection ends
  Ticket,     // caller: the only frame on a connection for one cell; TLS follows
  Message,    // both: after both proofs
  Bound,      // both: the first frame inside TLS; proves the token, bound to this TLS session
};

struct Frame {
  FrameKind kind = FrameKind::Refused;
  std::string payload;
  bool operator==(const Frame&) const = default;
};

std::string encode_frame(const Frame& frame);

class FrameReader {
 public:
  // longest: limit for a payload, in bytes.
  explicit FrameReader(std::size_t longest) : longest_(longest) {}

  // The number of bytes to read next: at least 1, never beyond the frame.
  std::size_t wanted() const;
  // Takes at most wanted() bytes. Returns the frame once it is complete. Invalid: not a frame of
  // this protocol, or too long; the reader cannot be used after that.
  Result<std::optional<Frame>> take(std::string_view bytes);

 private:
  std::size_t longest_;
  std::string bytes_;
};

// Text of the other end on one line, with hidden characters (model/utf8.h) as escapes.
std::string harmless(std::string_view text);

// The payload of a hello.
std::string encode_hello(std::string_view nonce);
// The nonce. Invalid: not a hello; Unsupported: another protocol version, named in the text.
Result<std::string> decode_hello(std::string_view payload);

}  // namespace tuner
