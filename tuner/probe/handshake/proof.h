// Who knows the token, shown without sending it: HMAC-SHA256 over what both ends have just made
// up, under a word that says what it is for. The caller proves first, so that a stranger learns
// nothing that a token could be guessed from. All bytes are in std::string.
#pragma once

#include "base/result.h"

#include <cstdint>
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

// Of one session. Each way has its own key, so that nothing can be sent back as an answer.
struct SessionKeys {
  std::string from_caller;
  std::string from_listener;
  std::string tickets;
};
SessionKeys session_keys(std::string_view token, const Nonces& nonces);

// `number` counts the messages of one way, so that none can be left out or come twice.
std::string message_digest(std::string_view key, std::uint64_t number, std::string_view payload);

// What a connection must bring that belongs to the session: the ticket and its digest.
std::string stamped(std::string_view key, std::string_view ticket);

// In constant time for texts of one length.
bool same_bytes(std::string_view a, std::string_view b);

}  // namespace tuner
