// What the two ends of a connection do, each in its turn, and what an end can tell of it
// afterwards.
#pragma once

#include "probe/evidence.h"
#include "probe/handshake/end.h"
#include "probe/handshake/payload.h"
#include "probe/handshake/socket_questions.h"

#include <string_view>

namespace tuner {

// What both ends know that the other one sends.
struct Payloads {
  Payload to_server;
  Payload to_client;
};
Payloads make_payloads(std::size_t bytes_each_way);

// Handshake, the client's payload, ours, close_notify both ways.
Outcome serve(TlsEnd& end, const Payloads& payloads);
// The other half. Nobody else's certificate will do than the one with this fingerprint; its chain
// and dates do not matter.
Outcome call(TlsEnd& end, std::string_view fingerprint, const Payloads& payloads);

// While the socket is still open. Without `ask_ulp` diagnostics are not asked for.
EndEvidence evidence_of(const TlsEnd& end, int socket, const AskUlp& ask_ulp);

}  // namespace tuner
