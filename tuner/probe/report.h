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

// One version and cipher, both directions, as seen from the serving side.
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
  std::string mode = "loopback";
  std::string peer;
  bool own_namespace =
      false;  // ran in a fresh network namespace: foreign traffic cannot be in the counters
  LibraryFacts library;
  std::vector<ProbeCell> cells;
  std::vector<std::string> warnings;
};

}  // namespace tuner
