// One attempt to make a TLS connection to a server elsewhere: TCP, the plain text before TLS, and
// the handshake.
#pragma once

#include "probe/handshake/server_connection.h"
#include "probe/handshake/server_context.h"
#include "probe/host_port.h"
#include "probe/server_report.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

struct ServerPlace {
  std::vector<HostPort> addresses;  // the resolved addresses
  std::string name;                 // the server's name
  std::optional<Starttls> starttls;
};

struct Attempt {
  OfferResult result = OfferResult::NotTried;
  std::string because;         // empty only if it was accepted
  std::optional<Error> error;  // if there was no handshake at all
  // From the handshake on, whatever it came to.
  std::optional<ServerConnection> connection;

  std::string suite() const;  // OpenSSL's name; empty: the server chose none
};

struct AttemptOptions {
  bool ask_ktls = false;
  bool http = false;  // announce HTTP/1.1
};

Attempt attempt(const ServerPlace& place, SSL_CTX* context, const AttemptOptions& options,
                Deadline deadline);

}  // namespace tuner
