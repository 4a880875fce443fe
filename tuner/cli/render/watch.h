// What `watch` shows: the counters of the kernel and the NICs as rates, and the TLS sessions by
// path, service and socket; as a document and as text.
#pragma once

#include "base/result.h"
#include "cli/output/display.h"
#include "document/watch.h"
#include "host/sockets/collect.h"
#include "model/counter_rates.h"
#include "model/programs/session_rates.h"
#include "model/programs/tls_socket.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

struct NicRates {
  std::string name;
  SourceRates rates;
};

// A service, or a process of no known service.
struct ServiceMoved {
  TlsCoverage coverage;
  std::optional<std::uint64_t> sent, received;  // moved; nullopt: not known of any session
};

struct BusySocket {
  std::string owner;  // "nginx.service: nginx (812)"
  std::string local, peer;
  TlsPlace tx = TlsPlace::None, rx = TlsPlace::None;
  SessionMoved moved;
};

// What one scan of the sockets and the one before it say.
struct SocketsPart {
  std::chrono::milliseconds at{0};    // since boot
  std::chrono::milliseconds cost{0};  // CPU time of the scan
  std::chrono::milliseconds every{0};
  std::optional<std::chrono::milliseconds> elapsed;  // since the scan before
  std::vector<PathMoved> paths;
  std::vector<ServiceMoved> services;  // most sessions first
  std::vector<BusySocket> busiest;
  std::vector<std::string> limits;  // what may be missing: sentences
  std::vector<Error> errors;        // empty: it was read
  bool seen = false;                // false: the sockets could not be seen at all
};

// One look.
struct WatchReport {
  std::chrono::milliseconds at{0};  // since boot
  std::chrono::milliseconds interval{0};
  SourceRates kernel;                     // /proc/net/tls_stat
  std::vector<NicRates> nics;             // that have counters about TLS, or had
  std::vector<std::string> nics_without;  // whose drivers count nothing about TLS
  std::optional<SocketsPart> sockets;     // nullopt: not scanned yet
  std::vector<Error> errors;              // of this look at the counters
};

// How many of the busiest sockets are shown.
inline constexpr std::size_t kBusiest = 10;

// What a scan says. `cost` and `every` are left to the caller.
SocketsPart sockets_part(const TlsSockets& all, SessionKeeper& keeper,
                         std::chrono::milliseconds at);

// nullopt: not known.
std::optional<double> bytes_per_second(const SocketsPart& part, std::optional<std::uint64_t> bytes);

// Of one direction: what the NIC processes, of what the kernel or the NIC processes; from 0 to 1.
struct OffloadedShare {
  std::optional<double> sessions;  // now, by the gauges; nullopt: there are none, or not known
  std::optional<double> bytes;     // between the last two scans; nullopt: none moved, or not known
};
OffloadedShare offloaded_share(const WatchReport& report, SessionDirection direction);

document::Watch watch_document(const WatchReport& report);
std::string watch_text(const WatchReport& report, const Display& display);

}  // namespace tuner
