// Decides where the records of this host's end were encrypted and decrypted in a probe across the
// wire. There are four sources: OpenSSL's report, the counters of tls_stat, socket diagnostics, and
// the counters of the NIC's driver. Pure.
//
// Each host judges its own end. Other programs use the same network namespace and NIC, so a counter
// that moved too little is a contradiction, and one that moved too much is not. OpenSSL and socket
// diagnostics describe the socket itself and decide.
#pragma once

#include "probe/driver_counters.h"
#include "probe/evidence.h"

#include <optional>
#include <string>

namespace tuner {

struct OwnEvidence {
  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  EndEvidence end;
  std::optional<TlsStatDelta> counters;
  std::string why_no_counters = "there is no /proc/net/tls_stat";  // if counters is absent
  std::string interface;              // output interface of the route; empty: not known
  std::optional<DriverDelta> driver;  // absent: the driver has no statistics
  std::uint64_t bytes_each_way = 0;   // payload that this end sent, and received
};

// A kernel path needs tls_stat and diagnostics. A device path needs "hw" in diagnostics and a
// Tls…Device counter that moved. If the driver counts packets, its counters must have moved too.
// For transmit the bytes must cover the payload (98 %): software encrypts what the NIC does not.
// For receive any packet is enough: records with out-of-order data are decrypted in software by
// design. If the driver has no such counter, the finding gets a remark.
Finding weigh_own(const OwnEvidence& evidence);

}  // namespace tuner
