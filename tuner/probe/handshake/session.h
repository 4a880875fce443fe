// One loopback connection from handshake to close_notify, and its evidence.
#pragma once

#include "probe/evidence.h"
#include "probe/handshake/connection/context.h"
#include "probe/handshake/connection/conversation.h"
#include "probe/handshake/connection/loopback_pair.h"

#include <optional>
#include <string>

namespace tuner {

struct SessionOptions {
  CellKey cell;
  bool ask_ktls = false;
  AskUlp ask_ulp;  // empty: not asked
  Deadline deadline;
};

struct SessionResult {
  std::string suite;
  std::uint64_t bytes = 0;       // bytes that arrived unchanged, both ways together
  std::optional<Error> trouble;  // the first error of either end
  EndEvidence server;
  EndEvidence client;
};

// Transfers from client to server, then back, then sends close_notify both ways. The sockets are
// closed on return. Unsupported: this libssl does not offer the cipher.
Result<SessionResult> run_session(const SessionOptions& options, const Identity& identity,
                                  const Payloads& payloads);

}  // namespace tuner
