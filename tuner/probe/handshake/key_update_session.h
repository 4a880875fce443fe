// One KeyUpdate case on one connection. The end under test may use kTLS, the peer never does.
#pragma once

#include "probe/handshake/connection/context.h"
#include "probe/handshake/connection/conversation.h"
#include "probe/handshake/connection/end.h"
#include "probe/key_update.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// The errors of the two ends of one connection.
struct EndErrors {
  std::optional<Error> ktls;
  std::optional<Error> peer;
  bool any() const { return ktls || peer; }
};

// The end that detected the defect. The other one has an alert or the end of the connection, which
// only follow from it. nullopt: there is no error.
std::optional<KeyUpdateEnd> noticed_by(const EndErrors& errors);
// What that end says; empty: there is no error.
std::string error_words(const EndErrors& errors);

struct KeyUpdateEnds {
  SslContext context_ktls;
  SslContext context_peer;
  LoopbackPair pair;
  TlsRole role = TlsRole::Server;  // of the end under test
  std::optional<TlsEnd> ktls;
  std::optional<TlsEnd> peer;

  int socket_ktls() const;
  int socket_peer() const;
};

// Connected sockets with TLS on them, before the handshake.
Result<KeyUpdateEnds> key_update_ends(TlsRole role, TlsCipher cipher, bool ask_ktls,
                                      const Identity& identity, Deadline deadline);

// Handshake, and some data both ways. So a client has read the session tickets, and both directions
// are in use when the KeyUpdate comes.
EndErrors open_connection(KeyUpdateEnds& ends, const Payloads& payloads);

// The KeyUpdates of the case, then the payloads both ways, all bytes compared, and close_notify.
EndErrors execute_case(KeyUpdateEnds& ends, const KeyUpdateCase& what, const Payloads& payloads);

}  // namespace tuner
