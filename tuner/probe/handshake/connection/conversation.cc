#include "probe/handshake/connection/conversation.h"

#include "probe/handshake/connection/context.h"

namespace tuner {
namespace {

Outcome check_peer(const TlsEnd& end, std::string_view fingerprint) {
  const X509* peer = end.peer_certificate();
  if (peer != nullptr && certificate_fingerprint(*peer) == fingerprint) return {};
  return fail(Fault::Io, "the server's certificate is not the expected one");
}

}  // namespace

// Different seeds: an end that got its own bytes back would otherwise call them intact.
Payloads make_payloads(std::size_t bytes_each_way) {
  return {.to_server = make_payload(1, bytes_each_way),
          .to_client = make_payload(2, bytes_each_way)};
}

Outcome serve(TlsEnd& end, const Payloads& payloads) {
  TRY(end.accept());
  TRY(end.receive(payloads.to_server));
  TRY(end.send_partly_by_sendfile(payloads.to_client));
  return end.close_second();
}

Outcome call(TlsEnd& end, std::string_view fingerprint, const Payloads& payloads) {
  TRY(end.connect());
  TRY(check_peer(end, fingerprint));
  TRY(end.send(payloads.to_server));
  TRY(end.receive(payloads.to_client));
  return end.close_first();
}

EndEvidence evidence_of(const TlsEnd& end, int socket, const AskUlp& ask_ulp) {
  EndEvidence evidence{.ktls_send = end.ktls_send(), .ktls_recv = end.ktls_recv()};
  if (!ask_ulp) return evidence;
  if (auto answer = ask_ulp(socket)) evidence.diagnostics = *answer;
  return evidence;
}

}  // namespace tuner
