#include "probe/handshake/session.h"

#include "probe/handshake/end.h"

#include <sys/socket.h>

#include <mutex>
#include <thread>

namespace tuner {
namespace {

// The first error of the two ends: the other end's is only what follows from it.
class FirstTrouble {
 public:
  // Ends the connection, so that the other end does not wait for its time limit.
  void note(const Outcome& outcome, int socket) {
    if (outcome) return;
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = outcome.error();
    ::shutdown(socket, SHUT_RDWR);
  }
  std::optional<Error> error() const { return error_; }

 private:
  std::mutex mutex_;
  std::optional<Error> error_;
};

Outcome serve(TlsEnd& end, const Payload& to_server, const Payload& to_client) {
  if (auto done = end.accept(); !done) return done;
  if (auto done = end.receive(to_server); !done) return done;
  if (auto done = end.send_partly_by_sendfile(to_client); !done) return done;
  return end.end_second();
}

// Nobody else's certificate will do, and its chain and dates do not matter.
Outcome check_peer(const TlsEnd& end, const Identity& identity) {
  const X509* peer = end.peer_certificate();
  if (peer != nullptr && X509_cmp(peer, identity.certificate.get()) == 0) return {};
  return fail(Fault::Io, "the server showed another certificate than ours");
}

Outcome call(TlsEnd& end, const Identity& identity, const Payload& to_server,
             const Payload& to_client) {
  if (auto done = end.connect(); !done) return done;
  if (auto done = check_peer(end, identity); !done) return done;
  if (auto done = end.send(to_server); !done) return done;
  if (auto done = end.receive(to_client); !done) return done;
  return end.end_first();
}

EndEvidence evidence_of(const TlsEnd& end, int socket, bool ask_diagnostics) {
  EndEvidence evidence{.ktls_send = end.ktls_send(), .ktls_recv = end.ktls_recv()};
  if (!ask_diagnostics) return evidence;
  if (auto answer = socket_ulp(socket)) evidence.diagnostics = *answer;
  return evidence;
}

}  // namespace

Result<SessionResult> run_session(const SessionWish& wish, const Identity& identity,
                                  const Payload& to_server, const Payload& to_client) {
  const ContextWish context{.cell = wish.cell, .ask_ktls = wish.ask_ktls};
  const auto serving = server_context(context, identity);
  if (!serving) return fail(serving.error());
  const auto calling = client_context(context);
  if (!calling) return fail(calling.error());
  const auto pair = loopback_pair(wish.deadline);
  if (!pair) return fail(pair.error());
  auto server = TlsEnd::on(serving->get(), pair->server.get(), wish.ask_ktls, wish.deadline);
  if (!server) return fail(server.error());
  auto client = TlsEnd::on(calling->get(), pair->client.get(), wish.ask_ktls, wish.deadline);
  if (!client) return fail(client.error());
  FirstTrouble trouble;
  {
    const std::jthread thread(
        [&] { trouble.note(serve(*server, to_server, to_client), pair->server.get()); });
    trouble.note(call(*client, identity, to_server, to_client), pair->client.get());
  }
  return SessionResult{.suite = server->suite(),
                       .bytes = server->received() + client->received(),
                       .trouble = trouble.error(),
                       .server = evidence_of(*server, pair->server.get(), wish.ask_diagnostics),
                       .client = evidence_of(*client, pair->client.get(), wish.ask_diagnostics)};
}

}  // namespace tuner
