// Runs the probe helper and reads its report. The helper is a separate program: the tuner does not
// load OpenSSL, and the network namespace and all sockets end with the process when it exits or is
// killed at the time limit.
#pragma once

#include "base/result.h"
#include "probe/config_readback.h"
#include "probe/host_port.h"
#include "probe/report.h"
#include "probe/server_report.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace tuner {

struct ProbeRequest {
  std::chrono::seconds time_limit{60};
  // Time to write the report after the time limit. The helper is killed when it is over.
  std::chrono::seconds grace{5};
  // Payload of each cell and direction. This much has a record of every size (handshake/payload.h)
  // and some more by sendfile; the kernel's counters count records, so more proves no more.
  std::uint64_t bytes_each_way = 128U << 10U;
  bool key_updates = false;    // also the six KeyUpdate cases (probe/key_update.h)
  bool kernel_trials = false;  // also the trials of the kernel alone (probe/kernel_trials.h)
};

// Runs real handshakes and transfers over loopback. Faults: NotFound (helper not installed),
// TimedOut, Internal. A failed cell is part of the report, not an error.
Result<ProbeReport> run_loopback_probe(const ProbeRequest& request);

// Which end of a probe across the wire this host is.
struct ListenOn {
  HostPort place;
};
struct ConnectTo {
  HostPort peer;
};
using WireEnd = std::variant<ListenOn, ConnectTo>;

struct WireRequest {
  WireEnd end;
  std::string token;  // sent to the helper over its stdin
  // Of ConnectTo: as above. More than over loopback, because a NIC's driver counts the bytes of all
  // connections.
  std::uint64_t bytes_each_way = 4U << 20U;
  std::chrono::seconds time_limit{60};  // in total, including the wait for the peer
  std::chrono::seconds grace{5};
};

// Probes across the wire. Faults as above, and those of the helper about network and peer: Refused
// (different tokens), TimedOut (no peer), NotFound, Io. The helper prints the address on which it
// listens to stderr.
Result<ProbeReport> run_wire_probe(const WireRequest& request);

struct ServerRequest {
  HostPort place;
  std::string server_name;  // empty: the host of the place
  std::optional<Starttls> starttls;
  std::string ca_file;  // an absolute path; empty: the system's certificates
  bool insecure = false;
  std::string http_path;  // begins with '/'; empty: handshakes alone
  bool key_update = false;
  std::chrono::seconds time_limit{60};  // in total
  std::chrono::seconds grace{5};
};

// Probes a TLS server that need not know of this program. Faults: those of the network (NotFound,
// TimedOut, Io), Refused (the server does not begin TLS), those of reading ca_file, Internal.
Result<ServerReport> run_server_probe(const ServerRequest& request);

// Asks the helper for version and abilities of libssl. Uses neither network nor kernel TLS.
Result<LibraryFacts> ask_library();

// Which OpenSSL configuration the helper loads.
struct OwnConfig {};  // openssl.cnf of the library; $OPENSSL_CONF is ignored
struct ConfigFile {
  std::string path;  // absolute
};
struct ConfigText {
  std::string text;  // not empty
};
using ConfigChoice = std::variant<OwnConfig, ConfigFile, ConfigText>;

// What libssl has in new contexts under a configuration. The helper loads it with the rights of
// this process, and a configuration can name code to be loaded (providers): the caller first makes
// sure who could have written it. Faults: NotFound (helper not installed), TimedOut, TooLarge
// (text), Io (OpenSSL refuses the configuration), Internal.
Result<ConfigReadback> read_back(const ConfigChoice& choice);

}  // namespace tuner
