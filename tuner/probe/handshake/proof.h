// Proofs of knowing the token without sending it: HMAC-SHA256 with the token as key, over a purpose
// and the fresh nonces of both ends. The caller proves first, so an unauthenticated peer gets no
// proof. A token has 128 random bits (probe/token.h), so it cannot be guessed from a proof. All
// binary data is in std::string.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

struct Nonces {
  std::string caller;
  std::string listener;
};

// From OpenSSL's generator. Io: the generator failed.
Result<std::string> random_bytes(std::size_t size);

std::string caller_proof(std::string_view token, const Nonces& nonces);
std::string listener_proof(std::string_view token, const Nonces& nonces);

// The proofs inside the TLS session of the control connection, additionally over the binding of
// that session (SecureStream::binding()). Nothing is served before both are verified.
std::string caller_bound(std::string_view token, const Nonces& nonces, std::string_view binding);
std::string listener_bound(std::string_view token, const Nonces& nonces, std::string_view binding);
// The key for the tickets of this TLS session.
std::string ticket_key(std::string_view token, const Nonces& nonces, std::string_view binding);

// The payload that a connection of the session must present: the ticket and its HMAC with `key`.
std::string stamped(std::string_view key, std::string_view ticket);

// Compares in constant time for equal lengths. False if `a` is empty.
bool same_bytes(std::string_view a, std::string_view b);

}  // namespace tuner
