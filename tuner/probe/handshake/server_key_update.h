// Whether a server elsewhere survives a KeyUpdate (RFC 8446, 4.6.3). The connection with one is
// compared with one without, since many servers end idle connections by themselves.
#pragma once

#include "probe/handshake/server_attempt.h"
#include "probe/server_report.h"

#include <optional>
#include <string>

namespace tuner {

struct KeyUpdateQuestion {
  const ServerPlace& server;
  SSL_CTX* context = nullptr;
  std::string http_host;
  std::string http_path;  // empty: no data is asked for
  bool update = false;
  Deadline handshake;  // of the handshake
  Deadline deadline;   // of all
};

// What was seen of one connection.
struct KeyUpdateSession {
  std::string failed;  // there was no connection, or no KeyUpdate was sent: why; empty: there was
  bool answered = false;            // the server sent a KeyUpdate
  std::optional<HttpContent> http;  // nullopt: not asked for
  CallEnd early;                    // how it ended while this end was silent; TimedOut: it did not
  CallEnd ending;                   // how it ended after this end's close_notify
};

KeyUpdateSession key_update_session(const KeyUpdateQuestion& question);

// Pure. Survived and Broken only if the session without a KeyUpdate shows what is normal.
ServerKeyUpdate judge_sessions(const KeyUpdateSession& without, const KeyUpdateSession& with);

}  // namespace tuner
