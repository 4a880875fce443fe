// The probe's report: evidence, without a result. The helper program (probe/handshake/, the only
// code linked with OpenSSL) writes it; the tuner reads it (probe/run_probe.h) and judges it
// (probe/verdict.h).
#pragma once

#include "base/words.h"
#include "model/profile.h"
#include "probe/record_cipher.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Where the records of one direction are encrypted or decrypted.
// Unknown: the sources do not determine it.
enum class TlsPath { Device, Kernel, Userspace, Unknown, Failed };
// "device", "kernel", "userspace", "unknown", "failed"
template <>
inline constexpr auto kWords<TlsPath> = std::to_array<Word<TlsPath>>({{TlsPath::Device, "device"},
                                                                      {TlsPath::Kernel, "kernel"},
                                                                      {TlsPath::Userspace,
                                                                       "userspace"},
                                                                      {TlsPath::Unknown, "unknown"},
                                                                      {TlsPath::Failed, "failed"}});
std::string_view tls_path_name(TlsPath path);

// A path, or the doubt about it. A finding with a doubt is always Unknown, and Unknown always has a
// doubt, so a path is never shown together with a reason against it.
class PathFinding {
 public:
  PathFinding() = default;     // Failed: the transfer did not complete
  PathFinding(TlsPath found);  // Unknown gets a general doubt
  static PathFinding unknown(std::string doubt);

  TlsPath path() const { return path_; }
  const std::string& doubt() const { return doubt_; }  // empty: none
  bool operator==(TlsPath path) const { return path_ == path; }

 private:
  TlsPath path_ = TlsPath::Failed;
  std::string doubt_;
};

// The words in text and JSON for counters that other programs change too.
inline constexpr std::string_view kSharedCounters =
    "counters are shared with other programs in this network namespace";

// Socket diagnostics of one socket (INET_DIAG_ULP_INFO), in words for the kernel's constants
// (include/uapi/linux/tls.h).
struct UlpInfo {
  std::string version;  // "TLSv1.2"
  std::string cipher;   // "AES-128-GCM"
  std::string txconf;   // "base" (off), "sw", "hw"
  std::string rxconf;
};

// One end of a connection across the wire, as seen by its own host.
struct ProbeEnd {
  PathFinding tx;
  PathFinding rx;
  std::map<std::string, std::int64_t> counters;  // as in ProbeCell
  std::map<std::string, std::int64_t> counters_by_others;
  std::optional<UlpInfo> ulp;
  std::string interface;          // output interface of the route to the other end: "bond0"
  std::vector<std::string> nics;  // the NICs below it: the bond's members
  std::map<std::string, std::int64_t>
      driver_counters;  // deltas of the TLS statistics of all these NICs, by the driver's names
  std::string because;  // why not in the kernel, or what failed
};

// One version and cipher, both directions, as seen by the serving end. Across the wire the calling
// end is in `client`, and one of the two ends belongs to this host (own_end()).
struct ProbeCell {
  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  std::string cipher_suite;  // OpenSSL's name of the negotiated suite
  PathFinding tx;
  PathFinding rx;
  std::uint64_t bytes = 0;  // payload, both ways together
  bool intact = false;      // all bytes compared equal, both ways, and close_notify was received
  std::map<std::string, std::int64_t>
      counters;  // deltas of /proc/net/tls_stat over this cell, by the kernel's names
  // The part of `counters` that the probe's own sockets do not explain; empty in a private
  // namespace.
  std::map<std::string, std::int64_t> counters_by_others;
  std::optional<UlpInfo> ulp;  // of the serving socket
  // False: this machine cannot do it in the kernel at all (kernel without TLS, module loading
  // disabled, cipher unknown to kernel or libssl); `because` says which.
  bool possible = true;
  std::string because;  // why not in the kernel, or what failed

  // Only across the wire. `possible` and `because` are about this host's end.
  std::string interface;  // of the serving end
  std::vector<std::string> nics;
  std::map<std::string, std::int64_t> driver_counters;
  std::string server_because;  // the serving end's own `because`
  // The profile wants TLS offload, the NIC has it on and is known to support this version and
  // cipher, but software did the work. `because` says why.
  bool fell_back_tx = false;
  bool fell_back_rx = false;
  std::optional<ProbeEnd> client;
};

// Version, configuration and abilities of libssl. Found by handshakes in memory, without kernel TLS
// and without privileges.
struct LibraryFacts {
  std::string version;       // "OpenSSL 3.0.17 1 Jul 2025"
  std::string config_file;   // the openssl.cnf that it reads
  bool config_asks = false;  // a new SSL_CTX has SSL_OP_ENABLE_KTLS, so config_file asks for kTLS
  struct Ability {
    TlsVersion version = TlsVersion::Tls12;
    TlsCipher cipher = TlsCipher::Aes128Gcm;
    bool tx = false;
    bool rx = false;
  };
  std::vector<Ability> abilities;
};

// The end of a connection that uses kTLS; the other end of a KeyUpdate trial does not.
enum class TlsRole { Server, Client };
template <>
inline constexpr auto kWords<TlsRole> = std::to_array<Word<TlsRole>>({{TlsRole::Server, "server"},
                                                                      {TlsRole::Client, "client"}});

enum class KeyUpdateResult { Ok, Broken, NotDone };
template <>
inline constexpr auto kWords<KeyUpdateResult> =
    std::to_array<Word<KeyUpdateResult>>({{KeyUpdateResult::Ok, "ok"},
                                          {KeyUpdateResult::Broken, "broken"},
                                          {KeyUpdateResult::NotDone, "not_done"}});

// Which end detected that the connection is broken.
enum class KeyUpdateEnd { Ktls, Peer };
template <>
inline constexpr auto kWords<KeyUpdateEnd> =
    std::to_array<Word<KeyUpdateEnd>>({{KeyUpdateEnd::Ktls, "ktls"}, {KeyUpdateEnd::Peer, "peer"}});

// One case of kKeyUpdateCases (probe/key_update.h) on a TLS 1.3 connection of its own.
struct KeyUpdateTrial {
  int number = 0;                  // of the case
  TlsRole role = TlsRole::Server;  // of the end with kTLS
  KeyUpdateResult result = KeyUpdateResult::NotDone;
  PathFinding tx;  // of the end with kTLS, before the KeyUpdate; Failed: no connection
  PathFinding rx;
  std::map<std::string, std::int64_t>
      counters;  // deltas of /proc/net/tls_stat from before the KeyUpdate to the end
  std::optional<KeyUpdateEnd> noticed;  // if broken
  std::string because;                  // broken: libssl's error; not done: why
};

struct KeyUpdateRun {
  TlsCipher cipher = TlsCipher::Aes128Gcm;
  bool kernel_counts = false;  // see counts_rekeys() in probe/tls_stat.h
  std::vector<KeyUpdateTrial> trials;
};

// A call of the kernel that refused what a trial needs.
struct KernelRefusal {
  std::string call;  // "TLS_TX"
  int error = 0;     // errno
};

// One row of kKernelTrials (probe/kernel_trials.h), done with one version and cipher: what was
// measured, without a result.
struct KernelTrial {
  std::string id;
  TlsVersion version = TlsVersion::Tls13;
  RecordCipher cipher = RecordCipher::Aes128Gcm;
  std::map<std::string, std::int64_t> seen;  // by the names of the row's requirements
  std::optional<KernelRefusal> refused;
  std::string because;  // not done: why; empty: it was done
};

struct ProbeReport {
  std::string mode = "loopback";  // "listen", "connect": across the wire
  std::string peer;               // "192.0.2.1:40112"; empty on loopback
  // Ran in a network namespace of its own: the counters hold only the probe's sockets. Otherwise
  // other programs change them too, and only the part that the probe's sockets explain is evidence.
  bool own_namespace = false;
  LibraryFacts library;
  std::vector<ProbeCell> cells;
  std::optional<KeyUpdateRun> key_updates;                // absent: not asked for
  std::optional<std::vector<KernelTrial>> kernel_trials;  // absent: not asked for
  std::vector<std::string> warnings;
};

// The end of a cell on this host, which its profile is about: the client in mode "connect", else
// the serving end.
ProbeEnd own_end(const ProbeReport& report, const ProbeCell& cell);
ProbeEnd serving_end(const ProbeCell& cell);

}  // namespace tuner
