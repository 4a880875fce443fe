// Decides where the records of a connection were encrypted and decrypted. There are three sources:
// OpenSSL's report, the counters of tls_stat, and socket diagnostics. No single source is trusted.
// Pure.
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
  // Socket diagnostics; absent: not asked, or no answer. An answer without a name means "no ULP"
  // only to a process that may see the ULP (own_namespace); otherwise the ULP may be hidden.
  std::optional<SocketUlp> diagnostics;
  bool operator==(const EndEvidence&) const = default;
};

struct Evidence {
  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  EndEvidence server;
  EndEvidence client;
  TlsRole role = TlsRole::Server;  // of the end whose paths are asked for
  std::optional<TlsStatDelta> counters;
  std::string why_no_counters = "there is no /proc/net/tls_stat";  // if counters is absent
  bool own_namespace = false;  // the counters hold only our sockets, and no ULP is hidden

  const EndEvidence& subject() const { return role == TlsRole::Server ? server : client; }
};

struct Finding {
  PathFinding tx;  // of Evidence::role
  PathFinding rx;
  std::string broken;      // error that the kernel counted for our sockets; empty: none
  std::string remark;      // missing source that the result does not depend on, shared counters
  TlsStatDelta by_others;  // counter changes that our own sockets do not explain

  // The first doubt, tx before rx; empty: both paths are known.
  const std::string& doubt() const { return tx.doubt().empty() ? rx.doubt() : tx.doubt(); }
};

// A kernel path needs matching counters: equal in a private namespace, at least as many otherwise.
// Outside a private namespace it also needs diagnostics. A device path needs "hw" in diagnostics
// and an increased Tls…Device counter. A user-space path reported by OpenSSL is contradicted only
// by a source that shows kernel TLS. Each direction is decided on its own.
Finding weigh(const Evidence& evidence);

}  // namespace tuner
