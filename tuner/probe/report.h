// What the probe found, as plain data. The helper program makes it (probe/handshake/, the only code
// linked with OpenSSL), the tuner reads it back (probe/run_probe.h) and judges it
// (probe/verdict.h).
#pragma once

#include "model/profile.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Where the records of one direction are encrypted or decrypted.
enum class TlsPath { Device, Kernel, Userspace, Failed };
std::string_view tls_path_name(TlsPath path);  // "device", "kernel", "userspace", "failed"

// Socket diagnostics of one socket (INET_DIAG_ULP_INFO, include/uapi/linux/tls.h), in the kernel's
// words.
struct UlpInfo {
  std::string version;  // "TLSv1.2"
  std::string cipher;   // "AES-128-GCM"
  std::string txconf;   // "base" (off), "sw", "hw"
  std::string rxconf;
};

// One end of a connection across the wire, as its own host saw it.
struct ProbeEnd {
  TlsPath tx = TlsPath::Failed;
  TlsPath rx = TlsPath::Failed;
  std::map<std::string, std::int64_t> counters;  // as in ProbeCell
  std::optional<UlpInfo> ulp;
  std::string interface;          // that the route to the other end leaves by: "bond0"
  std::vector<std::string> nics;  // below it: its members
  std::map<std::string, std::int64_t>
      driver_counters;  // deltas of their statistics about TLS, together, by the driver's names
  std::string because;  // why not in the kernel, what failed, or why in doubt
};

// One version and cipher, both directions, as seen from the serving side. Across the wire that is
// one host's end, and `client` is the other's; one of the two is ours (own_end()).
struct ProbeCell {
  enum class Result { Pass, Fail, Unsupported, Inconclusive };

  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  std::string cipher_suite;  // OpenSSL's name of what was negotiated
  TlsPath tx = TlsPath::Failed;
  TlsPath rx = TlsPath::Failed;
  ExpectedPath expected_tx = ExpectedPath::Any;  // filled by judge()
  ExpectedPath expected_rx = ExpectedPath::Any;
  std::uint64_t bytes = 0;  // payload, both ways together
  bool intact = false;      // every byte compared, both ways, and close_notify seen
  std::map<std::string, std::int64_t>
      counters;                // deltas of /proc/net/tls_stat over this cell, by the kernel's names
  std::optional<UlpInfo> ulp;  // of the serving socket
  // False: this machine cannot do it in the kernel at all (no TLS in this kernel, no module
  // allowed, cipher unknown to kernel or libssl); `because` says which.
  bool possible = true;
  std::string doubt;  // where the witnesses do not settle tx and rx: why; empty: they agree
  Result result = Result::Inconclusive;  // filled by judge()
  std::string because;                   // why not in the kernel, what failed, or why in doubt

  // Across the wire alone. `possible`, `doubt`, `result` and `because` are about our own end.
  std::string interface;  // of the serving end
  std::vector<std::string> nics;
  std::map<std::string, std::int64_t> driver_counters;
  std::string server_because;  // the serving end's own `because`
  // The profile wants TLS in the NIC, the NIC has it on, and yet software did it; judge() fails the
  // cell for it. `because` says why.
  bool fell_back = false;
  std::optional<ProbeEnd> client;
};
std::string_view cell_result_name(ProbeCell::Result result);

// What this libssl is and can, found without kernel or rights (in-memory handshake).
struct LibraryFacts {
  std::string version;      // "OpenSSL 3.0.17 1 Jul 2025"
  std::string config_file;  // the openssl.cnf it reads
  bool config_asks =
      false;  // does a fresh SSL_CTX have SSL_OP_ENABLE_KTLS, i.e. does that file ask for kTLS
  struct Ability {
    TlsVersion version = TlsVersion::Tls12;
    TlsCipher cipher = TlsCipher::Aes128Gcm;
    bool tx = false;
    bool rx = false;
  };
  std::vector<Ability> abilities;
};

struct ProbeReport {
  std::string mode = "loopback";  // "listen", "connect": across the wire
  std::string peer;               // "192.0.2.1:40112"; empty on loopback
  bool own_namespace =
      false;  // ran in a fresh network namespace: foreign traffic cannot be in the counters
  LibraryFacts library;
  std::vector<ProbeCell> cells;
  std::vector<std::string> warnings;
};

// The end of a cell that this host and its profile answer for: the serving one, but where we
// called.
ProbeEnd own_end(const ProbeReport& report, const ProbeCell& cell);
ProbeEnd serving_end(const ProbeCell& cell);

}  // namespace tuner
