// A TLS connection to a server elsewhere, as its client. Every call ends by a deadline, also if the
// server sends single bytes for ever: the socket does not block.
#pragma once

#include "base/handle.h"
#include "probe/evidence.h"
#include "probe/handshake/connection/openssl.h"
#include "probe/handshake/connection/tcp.h"
#include "probe/server_report.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

// How a call ended.
struct CallEnd {
  enum class How {
    Done,
    Announced,  // the server ended the connection with close_notify
    Closed,     // it ended the connection without
    Alert,      // it sent a fatal alert
    TimedOut,
    Failed,  // this end gave up, or the kernel reported an error
  };
  How how = How::Done;
  std::size_t size = 0;  // bytes that were read or written, if Done
  std::string words;     // empty only if Done
  int reason = 0;        // libssl's, if Failed (openssl/sslerr.h); of an Alert its number; 0: none
  bool done() const { return how == How::Done; }
};

// What a handshake came to. Only `Refused` blames the server.
struct HandshakeEnd {
  OfferResult result = OfferResult::Failed;
  std::string because;  // empty only if it was accepted
};

// What the server sent so far, besides data.
struct ServerMessages {
  bool any = false;  // a message of TLS, so this is TLS
  bool hello = false;
  bool certificate_request = false;
  int key_updates = 0;
  Certificate certificate;  // also one that is not trusted; empty: none
};

class ServerConnection {
 public:
  // `name`: for SNI, if it is a host name, and to be found in the certificate. The socket is
  // connected and does not block. With ask_ktls the "tls" ULP is set on the socket: only if tls is
  // loaded.
  static Result<ServerConnection> on(UniqueFd socket, SSL_CTX* context, const std::string& name,
                                     bool ask_ktls);

  // Announces HTTP/1.1 (ALPN). Before the handshake.
  Outcome announce_http();
  HandshakeEnd handshake(Deadline deadline);
  CallEnd read(std::span<char> buffer, Deadline deadline);
  CallEnd write(std::string_view bytes, Deadline deadline);
  // Sends a KeyUpdate that requests one of the server.
  CallEnd update_key(Deadline deadline);
  // Sends close_notify, and reads until the server ends the connection. Announced: it answered.
  CallEnd close(Deadline deadline);

  const ServerMessages& messages() const { return *messages_; }
  std::string version() const;
  // The suite that the server chose; nullptr: none.
  const SSL_CIPHER* suite() const;
  // nullopt: it sent none.
  std::optional<ServerCertificate> certificate() const;
  EndEvidence evidence() const;  // without socket diagnostics
  int socket() const { return socket_.get(); }

 private:
  ServerConnection(UniqueFd socket, Connection connection)
      : socket_(std::move(socket)), connection_(std::move(connection)) {}
  // Repeats the OpenSSL call until it ends otherwise than by waiting.
  template <typename Call>
  CallEnd complete(Call call, Deadline deadline);
  CallEnd end_of(int returned, int system_error) const;
  OfferResult result_of(const CallEnd& handshake) const;

  UniqueFd socket_;
  Connection connection_;
  // Not in this object, which may be moved: OpenSSL has its address.
  std::unique_ptr<ServerMessages> messages_ = std::make_unique<ServerMessages>();
};

}  // namespace tuner
