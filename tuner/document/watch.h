// The document of watch: one look at the counters and the sessions, a line of its own.
#pragma once

#include "document/common.h"
#include "model/counter_rates.h"
#include "model/programs/session_rates.h"
#include "model/programs/tls_socket.h"

namespace tuner::document {

struct WatchCounter {
  std::string name;
  std::string kind;
  std::string state;
  std::optional<std::uint64_t> value;
  std::optional<std::uint64_t> moved;
  std::optional<double> per_second;
};

void describe(auto& keys, Exactly<WatchCounter> auto& counter) {
  keys.object("watch_counter", "A counter by the kernel's or the driver's own name");
  keys.key({"name", {}, kNotEmpty}, counter.name);
  keys.key({"kind",
            "counter: only grows; gauge: a number of now; unknown: of a newer kernel or driver",
            {.words = words_of<CounterKind>()}},
           counter.kind);
  keys.key(
      {"state",
       "counted: moved is known, or it is a gauge. first: there is nothing to compare it with. "
       "went_back: it is lower than before. reset: another counter of its source is. vanished: "
       "its source had it before. Only counted has a rate",
       {.words = words_of<RateState>()}},
      counter.state);
  keys.key({"value", "Now; null: vanished"}, counter.value);
  keys.key({"moved", "In elapsed_ms; null: not known, see state and kind"}, counter.moved);
  keys.key({"per_second", "moved by the time; null: not known"}, counter.per_second);
}

struct WatchSource {
  std::optional<std::string> nic;
  std::string state;
  std::optional<std::string> because;
  std::optional<std::int64_t> elapsed_ms;
  std::vector<WatchCounter> counters;
};

void describe(auto& keys, Exactly<WatchSource> auto& source) {
  keys.object("watch_source", "The counters of the kernel or of a NIC's driver");
  keys.key({"nic", "null: /proc/net/tls_stat of this network namespace"}, source.nic);
  keys.key({"state",
            "absent: there is no such source (module tls is not loaded, the NIC is gone); "
            "unreadable: it could not be read this time",
            {.words = words_of<SourceState>()}},
           source.state);
  keys.key({"because", "A clause; null: it was read"}, source.because);
  keys.key({"elapsed_ms",
            "Between the two looks that are compared; longer than the interval after looks that "
            "failed. null: there are no two"},
           source.elapsed_ms);
  keys.key({"counters", "By name; empty unless state is read"}, source.counters);
}

struct WatchPath {
  std::string direction;
  std::string place;
  std::uint64_t sessions = 0;
  std::optional<std::uint64_t> bytes;
  std::optional<double> bytes_per_second;
};

void describe(auto& keys, Exactly<WatchPath> auto& path) {
  keys.object("watch_path",
              "One direction of all sessions whose records are processed at one place");
  keys.key({"direction", {}, {.words = words_of<SessionDirection>()}}, path.direction);
  keys.key({"place", "none: the program", {.words = words_of<TlsPlace>()}}, path.place);
  keys.key({"sessions"}, path.sessions);
  keys.key({"bytes", "Moved since the scan before; null: not known"}, path.bytes);
  keys.key({"bytes_per_second"}, path.bytes_per_second);
}

struct WatchShare {
  std::string direction;
  std::optional<double> sessions;
  std::optional<double> bytes;
};

void describe(auto& keys, Exactly<WatchShare> auto& share) {
  keys.object("watch_share",
              "The part that the NIC processes, of what the kernel or the NIC processes: 0 to 1");
  keys.key({"direction", {}, {.words = words_of<SessionDirection>()}}, share.direction);
  keys.key({"sessions", "By the gauges of /proc/net/tls_stat; null: there are none, or not known"},
           share.sessions);
  keys.key({"bytes", "By the scans; null: none moved, or not known"}, share.bytes);
}

struct WatchService {
  std::string name;
  std::uint64_t sessions = 0;
  std::uint64_t eligible_sessions = 0;
  std::uint64_t covered_sessions = 0;
  std::uint64_t device_sessions = 0;
  std::optional<double> sent_per_second;
  std::optional<double> received_per_second;
};

void describe(auto& keys, Exactly<WatchService> auto& service) {
  keys.object("watch_service", "The sessions of a service, as in the document of sockets");
  keys.key({"name", "Empty: not known"}, service.name);
  keys.key({"sessions"}, service.sessions);
  keys.key({"eligible_sessions"}, service.eligible_sessions);
  keys.key({"covered_sessions", "In the kernel or the NIC"}, service.covered_sessions);
  keys.key({"device_sessions", "In the NIC"}, service.device_sessions);
  keys.key({"sent_per_second", "Bytes; null: not known"}, service.sent_per_second);
  keys.key({"received_per_second", "Bytes; null: not known"}, service.received_per_second);
}

struct WatchSocket {
  std::string owner;
  std::string local;
  std::string peer;
  std::string tx;
  std::string rx;
  std::optional<double> sent_per_second;
  std::optional<double> received_per_second;
};

void describe(auto& keys, Exactly<WatchSocket> auto& socket) {
  keys.object("watch_socket", "One of the sockets that moved most bytes");
  keys.key({"owner", "Service and process"}, socket.owner);
  keys.key({"local", "ADDRESS:PORT"}, socket.local);
  keys.key({"peer", "ADDRESS:PORT"}, socket.peer);
  keys.key({"tx", {}, {.words = words_of<TlsPlace>()}}, socket.tx);
  keys.key({"rx", {}, {.words = words_of<TlsPlace>()}}, socket.rx);
  keys.key({"sent_per_second", "Bytes; null: not known"}, socket.sent_per_second);
  keys.key({"received_per_second", "Bytes; null: not known"}, socket.received_per_second);
}

struct WatchSessions {
  bool seen = false;
  std::int64_t age_ms = 0;
  std::int64_t every_ms = 0;
  std::int64_t cpu_ms = 0;
  std::optional<std::int64_t> elapsed_ms;
  std::vector<WatchPath> paths;
  std::vector<WatchService> services;
  std::vector<WatchSocket> busiest;
  Texts limits;
};

void describe(auto& keys, Exactly<WatchSessions> auto& sessions) {
  keys.object("watch_sessions", "The last scan of the sockets, compared with the one before");
  keys.key({"seen", "false: the sockets could not be seen; errors say why"}, sessions.seen);
  keys.key({"age_ms", "How long ago it was made"}, sessions.age_ms);
  keys.key({"every_ms", "The time to the next one, which grows with cpu_ms"}, sessions.every_ms);
  keys.key({"cpu_ms", "CPU time of the scan"}, sessions.cpu_ms);
  keys.key({"elapsed_ms", "Since the scan before; null: there was none"}, sessions.elapsed_ms);
  keys.key({"paths"}, sessions.paths);
  keys.key({"services", "Most sessions first"}, sessions.services);
  keys.key({"busiest", "At most ten, the busiest first, without idle ones"}, sessions.busiest);
  keys.key({"limits", "What may be missing: sentences"}, sessions.limits);
}

struct Watch {
  std::int64_t interval_ms = 0;
  WatchSource kernel;
  std::vector<WatchSource> nics;
  Texts nics_without;
  std::vector<WatchShare> offloaded;
  std::optional<WatchSessions> sessions;
};

void describe(auto& keys, Exactly<Watch> auto& watch) {
  keys.object("watch", "One look at the counters and the sessions of TLS; one line each");
  keys.key({"interval_ms"}, watch.interval_ms);
  keys.key({"kernel"}, watch.kernel);
  keys.key({"nics", "NICs whose drivers count something about TLS, or did since the start"},
           watch.nics);
  keys.key({"nics_without", "Interfaces whose drivers count nothing about TLS"},
           watch.nics_without);
  keys.key({"offloaded", "One for each direction"}, watch.offloaded);
  keys.key({"sessions", "null: the sockets were not scanned yet"}, watch.sessions);
}

}  // namespace tuner::document
