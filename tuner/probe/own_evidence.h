// Four witnesses of where one end's records were worked on, across the wire: OpenSSL's own word,
// the kernel's counters, socket diagnostics, and the counters of the NIC's driver. Pure.
//
// Each host answers for its own end. It shares its network namespace and its NIC with others, so
// counters can show that too little moved, never that too much did; what was said of the socket
// itself decides.
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
  std::optional<TlsStatDelta> counters;  // absent: there is no tls_stat
  std::string interface;                 // that the route leaves by; empty: not known
  std::optional<DriverDelta> driver;     // absent: the driver has no statistics
  std::uint64_t bytes_each_way = 0;      // payload that this end sent, and received
};

// A kernel path needs tls_stat and diagnostics. A device path needs "hw" in diagnostics, a moved
// Tls…Device and, where the driver counts packets, its counter: for sending of at least the
// payload, since what the NIC does not encrypt software does; for receiving of anything, since what
// comes out of order is decrypted in software by design. What the driver cannot say is a remark.
Finding weigh_own(const OwnEvidence& evidence);

}  // namespace tuner
