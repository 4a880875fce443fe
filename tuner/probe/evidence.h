// Three witnesses of where a connection's records were worked on: OpenSSL's own word, the kernel's
// counters, and socket diagnostics. Pure: evidence in, finding out. Nothing is taken on the word of
// one.
#pragma once

#include "host/net/socket_port.h"
#include "probe/report.h"
#include "probe/tls_stat.h"

#include <optional>
#include <string>

namespace tuner {

// One end of a connection.
struct EndEvidence {
  bool ktls_send = false;  // BIO_get_ktls_send(), BIO_get_ktls_recv()
  bool ktls_recv = false;
  // Socket diagnostics; absent: not asked, or no answer. An answer without a name is "no ULP" only
  // to somebody who is allowed to see (own_namespace).
  std::optional<UlpAnswer> diagnostics;
};

struct Evidence {
  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  EndEvidence server;
  EndEvidence client;
  std::optional<TlsStatDelta> counters;  // absent: there is no tls_stat
  bool own_namespace = false;            // nobody else is in the counters, and nothing is hidden
};

struct Finding {
  PathFinding tx;  // the serving end's
  PathFinding rx;
  std::string broken;      // an error that the kernel counted for our sockets; empty: none
  std::string remark;      // which source was missing, if that changed nothing
  TlsStatDelta by_others;  // what moved beyond what our own sockets explain

  // Of the first direction that has one; empty: both are settled.
  const std::string& doubt() const { return tx.doubt().empty() ? rx.doubt() : tx.doubt(); }
};

// A kernel path needs the counters (exact in an own namespace, at least so many otherwise) and, if
// not in an own namespace, diagnostics as well. A device path needs "hw" in diagnostics and a moved
// Tls…Device counter. A user-space path that OpenSSL claims is contradicted only by a source that
// saw the kernel at work. Each direction stands on its own: a doubt about one leaves the other.
Finding weigh(const Evidence& evidence);

}  // namespace tuner
