#include "probe/handshake/server_attempt.h"

#include "probe/starttls.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// Small, so that nothing that belongs to TLS is read before it begins.
constexpr std::size_t kPart = 1024;

Outcome talk(int socket, Starttls protocol, Deadline deadline) {
  StarttlsDialog dialog(protocol);
  StarttlsTurn turn = dialog.begin();
  while (!turn.ready) {
    if (!turn.send.empty()) TRY(send_all(socket, turn.send, deadline));
    const auto bytes = TRY(receive_some(socket, kPart, deadline));
    turn = TRY(dialog.take(bytes));
    // poll() never times out for a server that sends single bytes.
    if (!turn.ready && std::chrono::steady_clock::now() >= deadline)
      return fail(Fault::TimedOut, "the server did not begin TLS within the time limit");
  }
  return {};
}

Attempt no_tls(OfferResult result, const Error& error) {
  if (error.fault == Fault::TimedOut) result = OfferResult::TimedOut;
  return {.result = result, .because = error.text, .error = error, .connection = {}};
}

}  // namespace

std::string Attempt::suite() const {
  const SSL_CIPHER* chosen = connection ? connection->suite() : nullptr;
  return chosen == nullptr ? std::string() : SSL_CIPHER_get_name(chosen);
}

Attempt attempt(const ServerPlace& place, SSL_CTX* context, const AttemptOptions& options,
                Deadline deadline) {
  auto socket = connect_to(place.addresses, deadline);
  if (!socket) {
    // No answer to SYN is no connection, too: the server may not even be there.
    return {.result = OfferResult::NoConnection,
            .because = socket.error().text,
            .error = socket.error(),
            .connection = {}};
  }
  if (place.starttls) {
    auto talked = talk(socket->get(), *place.starttls, deadline);
    if (!talked) {
      // Whether it is the last wait or the last byte that was too late makes no difference.
      const bool late = talked.error().fault == Fault::TimedOut;
      talked.error().text =
          fmt::format("before TLS: {}", late ? "the server did not begin TLS within the time limit"
                                             : talked.error().text);
      return no_tls(OfferResult::NoStarttls, talked.error());
    }
  }
  auto connection = ServerConnection::on(std::move(*socket), context, place.name, options.ask_ktls);
  if (!connection) return no_tls(OfferResult::Failed, connection.error());
  if (options.http) {
    if (auto announced = connection->announce_http(); !announced)
      return no_tls(OfferResult::Failed, announced.error());
  }
  HandshakeEnd end = connection->handshake(deadline);
  return {.result = end.result,
          .because = std::move(end.because),
          .error = {},
          .connection = std::move(*connection)};
}

}  // namespace tuner
