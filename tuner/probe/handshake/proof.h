// Who knows the token, shown without sending it: HMAC-SHA256 over what both ends have just made
// up, under a word that says what it is for. The caller proves first, so that a stranger learns
// nothing; and a token has 128 random bits (probe/token.h), so nothing can be guessed from either.
// All bytes are in std::string.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

struct Nonces {
  std::string caller;
  std::string listener;
};

// From OpenSSL's generator. Io: it has none.
Result<std::string> random_bytes(std::size_t size);

std::string caller_proof(std::string_view token, const Nonces& nonces);
std::string listener_proof(std::string_view token, const Nonces& nonces);

// The same again inside the TLS session of the control connection, over what belongs to that
// session alone (SecureStream::binding()). Nothing is served before both are right.
std::string caller_bound(std::string_view token, const Nonces& nonces, std::string_view binding);
std::string listener_bound(std::string_view token, const Nonces& nonces, std::string_view binding);
// What tickets of this session are stamped with.
std::string ticket_key(std::string_view token, const Nonces& nonces, std::string_view binding);

// What a connection must bring that belongs to the session: the ticket and its digest.
std::string stamped(std::string_view key, std::string_view ticket);

// In constant time for texts of one length.
bool same_bytes(std::string_view a, std::string_view b);

}  // namespace tuner
