// What two probes say to each other before TLS and in it: frames of a kind, with a length in
// front. Pure: bytes in, frames out, nothing is read beyond the end of a frame, so that TLS can
// begin right behind one.
//
//   00 00 00 21  03  …32 bytes…      length of what follows, kind, payload
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
// Room for a later version's hello; a stranger may make us hold no more than this.
inline constexpr std::size_t kLongestFromStranger = 128;
// A report of one end is about 2 KiB; with all the statistics of a driver some more.
inline constexpr std::size_t kLongestMessage = 256U << 10U;

enum class FrameKind : std::uint8_t {
  Hello = 1,  // caller: magic, version, nonce
  Challenge,  // listener: nonce
  Proof,      // caller: it knows the token
  Welcome,    // listener: so does it
  Refused,    // listener: why not, a word of refusal.h; the connection ends
  Ticket,     // caller, first and last on a connection of its own: TLS follows
  Message,    // either, once both have proved
  Bound,      // either, first within TLS: it knows the token, and this is the session it is in
};

struct Frame {
  FrameKind kind = FrameKind::Refused;
  std::string payload;
  bool operator==(const Frame&) const = default;
};

std::string encode_frame(const Frame& frame);

class FrameReader {
 public:
  // longest: of a payload.
  explicit FrameReader(std::size_t longest) : longest_(longest) {}

  // How many bytes may be read now: never 0, never beyond the frame.
  std::size_t wanted() const;
  // At most wanted() bytes. A frame once it is complete. Invalid: no frame of ours, or too long;
  // nothing can be read after that.
  Result<std::optional<Frame>> take(std::string_view bytes);

 private:
  std::size_t longest_;
  std::string bytes_;
};

// Words of the other end on one line, with hidden characters (model/utf8.h) as escapes.
std::string harmless(std::string_view text);

// The payload of a hello.
std::string encode_hello(std::string_view nonce);
// The nonce. Invalid: no hello; Unsupported: of another version, which it names.
Result<std::string> decode_hello(std::string_view payload);

}  // namespace tuner
