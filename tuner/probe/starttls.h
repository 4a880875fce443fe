// The plain text before TLS in SMTP (RFC 3207), IMAP (RFC 9051, 6.2.1) and PostgreSQL's protocol
// (SSLRequest). Pure: the caller moves the bytes. The server's words are untrusted and limited.
#pragma once

#include "base/result.h"
#include "probe/starttls_protocol.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// Limits of what a server may send before TLS, in bytes.
inline constexpr std::size_t kLongestDialogLine = 2048;
inline constexpr std::size_t kLongestDialog = 16384;

// What the client does next.
struct StarttlsTurn {
  std::string send = {};  // empty: nothing, wait for the server
  bool ready = false;     // TLS begins
};

class StarttlsDialog {
 public:
  explicit StarttlsDialog(Starttls protocol) : protocol_(protocol) {}

  // Before anything was received.
  StarttlsTurn begin() const;
  // Takes bytes of the server. Refused: the server does not begin TLS; the text has its words.
  // TooLarge: more than the limits. Io: this is another protocol, or the server sent plain text
  // after its consent, which a host in between could have added (RFC 3207, 6).
  Result<StarttlsTurn> take(std::string_view bytes);

 private:
  enum class State { Greeting, Hello, Consent };

  Result<StarttlsTurn> line(std::string_view text);
  Result<StarttlsTurn> smtp(std::string_view text);
  Result<StarttlsTurn> imap(std::string_view text);
  Result<StarttlsTurn> postgres(std::string_view bytes);

  Starttls protocol_;
  State state_ = State::Greeting;
  bool offered_ = false;  // STARTTLS is among the extensions
  std::string buffer_;
  std::size_t received_ = 0;
};

}  // namespace tuner
