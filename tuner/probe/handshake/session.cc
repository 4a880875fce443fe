#include "probe/handshake/session.h"

#include "probe/handshake/connection/conversation.h"
#include "probe/handshake/connection/end.h"

#include <sys/socket.h>

#include <mutex>
#include <thread>

namespace tuner {
namespace {

// Keeps the first error of the two ends: the second one is a consequence.
// Both ends run at once, and the failure of one ends the other with an error that says nothing.
class FirstError {
 public:
  // Shuts the connection down, so that the other end does not wait for its time limit.
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

}  // namespace

// Evidence is read after both ends have finished and before the sockets are closed: a closed socket
// has no diagnostics.
Result<SessionResult> run_session(const SessionOptions& options, const Identity& identity,
                                  const Payloads& payloads) {
  const ContextOptions context{.cell = options.cell, .ask_ktls = options.ask_ktls};
  const auto serving = TRY(server_context(context, identity));
  const auto calling = TRY(client_context(context));
  const auto pair = TRY(loopback_pair(options.deadline));
  auto server =
      TRY(TlsEnd::on(serving.get(), pair.server.get(), options.ask_ktls, options.deadline));
  auto client =
      TRY(TlsEnd::on(calling.get(), pair.client.get(), options.ask_ktls, options.deadline));
  FirstError trouble;
  {
    // The end of this block joins the server's thread: both ends have finished then.
    const std::jthread thread([&] { trouble.note(serve(server, payloads), pair.server.get()); });
    trouble.note(call(client, certificate_fingerprint(*identity.certificate), payloads),
                 pair.client.get());
  }
  return SessionResult{.suite = server.suite(),
                       .bytes = server.received() + client.received(),
                       .trouble = trouble.error(),
                       .server = evidence_of(server, pair.server.get(), options.ask_ulp),
                       .client = evidence_of(client, pair.client.get(), options.ask_ulp)};
}

}  // namespace tuner
