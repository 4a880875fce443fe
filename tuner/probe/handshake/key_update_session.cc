#include "probe/handshake/key_update_session.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <span>
#include <thread>

namespace tuner {
namespace {

// The first part of the payloads is enough where both ends send at once: it fits into the buffers
// of the sockets, so neither end has to read for the other to go on.
constexpr std::size_t kSmall = 4096;

using Bytes = std::span<const std::uint8_t>;

struct Script {
  int key_updates = 0;
  bool requested = false;
  bool both = false;    // the other end sends KeyUpdates too
  bool begins = false;  // sends its payload first, and closes first
  Bytes to_send;
  Bytes to_receive;
};

// A broken end shuts its connection down, so that the other one does not wait for its time limit.
template <typename Call>
std::optional<Error> error_of(Call call, TlsEnd& end, int socket) {
  const Outcome outcome = call(end);
  if (outcome) return std::nullopt;
  ::shutdown(socket, SHUT_RDWR);
  return outcome.error();
}

template <typename OfKtls, typename OfPeer>
EndErrors at_once(KeyUpdateEnds& ends, OfKtls of_ktls, OfPeer of_peer) {
  EndErrors errors;
  {
    const std::jthread thread(
        [&] { errors.peer = error_of(of_peer, *ends.peer, ends.socket_peer()); });
    errors.ktls = error_of(of_ktls, *ends.ktls, ends.socket_ktls());
  }
  return errors;
}

Outcome execute(TlsEnd& end, const Script& script) {
  // The new keys first, then data in both directions: only data shows that both ends have them.
  for (int i = 0; i < script.key_updates; ++i) TRY(end.update_key(script.requested));
  if (script.both) {
    TRY(end.send(script.to_send.first(kSmall)));
    TRY(end.receive(script.to_receive.first(kSmall)));
  }
  if (script.begins) {
    TRY(end.send_partly_by_sendfile(script.to_send));
    TRY(end.receive(script.to_receive));
    return end.close_first();
  }
  TRY(end.receive(script.to_receive));
  TRY(end.send_partly_by_sendfile(script.to_send));
  return end.close_second();
}

// An alert of the other end, or the end of the connection. SSL_sendfile() reports every error of
// sendfile(2) as "uninitialized" (ssl_lib.c), so also that one.
bool follows(const Error& error) {
  constexpr std::array<std::string_view, 4> kMarks = {
      " alert ", "unexpected eof", "SSL_sendfile: uninitialized", "the peer ended the connection"};
  const bool named = std::ranges::any_of(
      kMarks, [&](std::string_view mark) { return error.text.find(mark) != std::string::npos; });
  return named || error.errno_value == EPIPE || error.errno_value == ECONNRESET;
}

}  // namespace

std::optional<KeyUpdateEnd> noticed_by(const EndErrors& errors) {
  if (!errors.any()) return std::nullopt;
  if (!errors.ktls) return KeyUpdateEnd::Peer;
  if (!errors.peer) return KeyUpdateEnd::Ktls;
  // Both failed: the one whose error is no echo of the other's has noticed it.
  return follows(*errors.ktls) && !follows(*errors.peer) ? KeyUpdateEnd::Peer : KeyUpdateEnd::Ktls;
}

std::string error_words(const EndErrors& errors) {
  const auto end = noticed_by(errors);
  if (!end) return {};
  return *end == KeyUpdateEnd::Ktls ? errors.ktls->text : errors.peer->text;
}

int KeyUpdateEnds::socket_ktls() const {
  return role == TlsRole::Server ? pair.server.get() : pair.client.get();
}

int KeyUpdateEnds::socket_peer() const {
  return role == TlsRole::Server ? pair.client.get() : pair.server.get();
}

Result<KeyUpdateEnds> key_update_ends(TlsRole role, TlsCipher cipher, bool ask_ktls,
                                      const Identity& identity, Deadline deadline) {
  const auto context = [&](TlsRole of, bool ask) {
    const ContextOptions options{.cell = {TlsVersion::Tls13, cipher}, .ask_ktls = ask};
    return of == TlsRole::Server ? server_context(options, identity) : client_context(options);
  };
  const TlsRole other = role == TlsRole::Server ? TlsRole::Client : TlsRole::Server;
  KeyUpdateEnds ends;
  ends.role = role;
  ends.context_ktls = TRY(context(role, ask_ktls));
  ends.context_peer = TRY(context(other, false));
  ends.pair = TRY(loopback_pair(deadline));
  ends.ktls = TRY(TlsEnd::on(ends.context_ktls.get(), ends.socket_ktls(), ask_ktls, deadline));
  ends.peer = TRY(TlsEnd::on(ends.context_peer.get(), ends.socket_peer(), false, deadline));
  return ends;
}

EndErrors open_connection(KeyUpdateEnds& ends, const Payloads& payloads) {
  const Bytes to_server = Bytes(payloads.to_server).first(kSmall);
  const Bytes to_client = Bytes(payloads.to_client).first(kSmall);
  const auto serve = [&](TlsEnd& end) -> Outcome {
    TRY(end.accept());
    TRY(end.receive(to_server));
    return end.send(to_client);
  };
  const auto call = [&](TlsEnd& end) -> Outcome {
    TRY(end.connect());
    TRY(end.send(to_server));
    return end.receive(to_client);
  };
  return ends.role == TlsRole::Server ? at_once(ends, serve, call) : at_once(ends, call, serve);
}

EndErrors execute_case(KeyUpdateEnds& ends, const KeyUpdateCase& what, const Payloads& payloads) {
  const bool server = ends.role == TlsRole::Server;
  const Bytes from_ktls = server ? payloads.to_client : payloads.to_server;
  const Bytes from_peer = server ? payloads.to_server : payloads.to_client;
  const bool both = what.by_ktls > 0 && what.by_peer > 0;
  const Script of_ktls{.key_updates = what.by_ktls,
                       .requested = what.requested,
                       .both = both,
                       .begins = what.by_peer == 0,
                       .to_send = from_ktls,
                       .to_receive = from_peer};
  const Script of_peer{.key_updates = what.by_peer,
                       .requested = what.requested,
                       .both = both,
                       .begins = what.by_peer > 0,
                       .to_send = from_peer,
                       .to_receive = from_ktls};
  return at_once(
      ends, [&](TlsEnd& end) { return execute(end, of_ktls); },
      [&](TlsEnd& end) { return execute(end, of_peer); });
}

}  // namespace tuner
