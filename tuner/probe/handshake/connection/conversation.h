// The two sides of a transfer, and the evidence that an end has afterwards.
#pragma once

#include "probe/evidence.h"
#include "probe/handshake/connection/end.h"
#include "probe/handshake/connection/payload.h"
#include "probe/handshake/connection/socket_questions.h"

#include <string_view>

namespace tuner {

// The payloads of both directions, known to both ends.
struct Payloads {
  Payload to_server;
  Payload to_client;
};
Payloads make_payloads(std::size_t bytes_each_way);

// The server's side: handshake, receive, send, close_notify both ways.
Outcome serve(TlsEnd& end, const Payloads& payloads);
// The client's side. The certificate must have this fingerprint; its chain and dates are not
// checked.
Outcome call(TlsEnd& end, std::string_view fingerprint, const Payloads& payloads);

// Call it while the socket is open. With an empty `ask_ulp`, socket diagnostics are not asked.
EndEvidence evidence_of(const TlsEnd& end, int socket, const AskUlp& ask_ulp);

}  // namespace tuner
