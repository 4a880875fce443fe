// What the probe found: evidence, without a result. The helper program makes it (probe/handshake/,
// the only code linked with OpenSSL), the tuner reads it back (probe/run_probe.h) and judges it
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
// Unknown: the sources do not settle it.
enum class TlsPath { Device, Kernel, Userspace, Unknown, Failed };
// "device", "kernel", "userspace", "unknown", "failed"
std::string_view tls_path_name(TlsPath path);

// A path as far as its sources settle it. A doubt leaves nothing but Unknown, and Unknown always
// has its doubt, so that no label stands beside a reason against it.
class PathFinding {
 public:
  PathFinding() = default;     // failed: no transfer ended well
  PathFinding(TlsPath found);  // Unknown gets a doubt that says as much
  static PathFinding unknown(std::string doubt);

  TlsPath path() const { return path_; }
  const std::string& doubt() const { return doubt_; }  // empty: none
  bool operator==(TlsPath path) const { return path_ == path; }

 private:
  TlsPath path_ = TlsPath::Failed;
  std::string doubt_;
};

// What text and JSON say of counters that are not the probe's alone.
inline constexpr std::string_view kSharedCounters =
    "counters are shared with other programs in this network namespace";

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
  PathFinding tx;
  PathFinding rx;
  std::map<std::string, std::int64_t> counters;  // as in ProbeCell
  std::map<std::string, std::int64_t> counters_by_others;
  std::optional<UlpInfo> ulp;
  std::string interface;          // that the route to the other end leaves by: "bond0"
  std::vector<std::string> nics;  // below it: its members
  std::map<std::string, std::int64_t>
      driver_counters;  // deltas of their statistics about TLS, together, by the driver's names
  std::string because;  // why not in the kernel, or what failed
};

// One version and cipher, both directions, as seen from the serving side. Across the wire that is
// one host's end, and `client` is the other's; one of the two is ours (own_end()).
struct ProbeCell {
  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  std::string cipher_suite;  // OpenSSL's name of what was negotiated
  PathFinding tx;
  PathFinding rx;
  std::uint64_t bytes = 0;  // payload, both ways together
  bool intact = false;      // every byte compared, both ways, and close_notify seen
  std::map<std::string, std::int64_t>
      counters;  // deltas of /proc/net/tls_stat over this cell, by the kernel's names
  // Of these what the probe's own sockets do not explain; with a namespace of its own nothing.
  std::map<std::string, std::int64_t> counters_by_others;
  std::optional<UlpInfo> ulp;  // of the serving socket
  // False: this machine cannot do it in the kernel at all (no TLS in this kernel, no module
  // allowed, cipher unknown to kernel or libssl); `because` says which.
  bool possible = true;
  std::string because;  // why not in the kernel, or what failed

  // Across the wire alone. `possible` and `because` are about our own end.
  std::string interface;  // of the serving end
  std::vector<std::string> nics;
  std::map<std::string, std::int64_t> driver_counters;
  std::string server_because;  // the serving end's own `because`
  // The profile wants TLS in the NIC, the NIC has it on and is known to do this version and cipher,
  // and yet software did it. `because` says why.
  bool fell_back_tx = false;
  bool fell_back_rx = false;
  std::optional<ProbeEnd> client;
};
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
  // Ran in a fresh network namespace: traffic of other programs cannot be in the counters. Else
  // they are shared, and prove nothing beyond what the probe's own sockets explain.
  bool own_namespace = false;
  LibraryFacts library;
  std::vector<ProbeCell> cells;
  std::vector<std::string> warnings;
};

// The end of a cell that this host and its profile answer for: the serving one, but where we
// called.
ProbeEnd own_end(const ProbeReport& report, const ProbeCell& cell);
ProbeEnd serving_end(const ProbeCell& cell);

}  // namespace tuner
