// The probe of a TLS server elsewhere, which need not know of this program: which versions and
// ciphers it accepts, and what of them this host's kernel or NIC does.
#pragma once

#include "host/host.h"
#include "probe/handshake/connection/kernel.h"
#include "probe/handshake/server_attempt.h"
#include "probe/server_report.h"

#include <string>

namespace tuner {

struct ServerOptions {
  HostPort place;  // as on the command line
  ServerPlace server;
  bool insecure = false;
  std::string http_path;  // empty: handshakes alone
  bool key_update = false;
  Deadline deadline;
  bool ask_ktls = true;
};

// One connection with all that libssl offers by default, then one for each version and cipher, and
// two for the KeyUpdate. An error: there was no first TLS connection to learn anything from (no TCP
// connection, no consent to STARTTLS, no TLS), or OpenSSL does not work at all.
Result<ServerReport> probe_server(const FileTree& files, const KernelTls& kernel,
                                  const ServerOptions& options, X509_STORE& trust);

}  // namespace tuner
