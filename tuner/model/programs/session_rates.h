// TLS sessions as rates: the bytes that moved between two scans of the sockets, by direction and
// path, by service, and the busiest sockets. Plain data and pure functions.
#pragma once

#include "base/words.h"
#include "model/programs/tls_socket.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace tuner {

// One session of a scan.
struct ScannedSession {
  std::uint64_t cookie = 0;  // never reused in one boot
  TlsPlace tx = TlsPlace::None, rx = TlsPlace::None;
  std::optional<std::uint64_t> sent, received;  // so far; nullopt: not reported
};

// What moved in one session. nullopt: not known.
struct SessionMoved {
  std::optional<std::uint64_t> sent, received;
};

enum class SessionDirection { Tx, Rx };
template <>
inline constexpr auto kWords<SessionDirection> = std::to_array<Word<SessionDirection>>(
    {{SessionDirection::Tx, "tx"}, {SessionDirection::Rx, "rx"}});

// One direction of all sessions whose records are processed at one place.
struct PathMoved {
  SessionDirection direction = SessionDirection::Tx;
  TlsPlace place = TlsPlace::None;
  std::uint64_t sessions = 0;
  std::optional<std::uint64_t> bytes;  // moved; nullopt: not known of any of them
};

// Each direction at each place, in the order of the enums, without rows that have no sessions.
std::vector<PathMoved> paths_moved(std::span<const ScannedSession> sessions,
                                   std::span<const SessionMoved> moved);

// The part of the bytes or sessions of a direction that the NIC processes, of those that the kernel
// or the NIC processes. nullopt: there are none, or it is not known.
std::optional<double> device_share(std::optional<std::uint64_t> kernel,
                                   std::optional<std::uint64_t> device);

// The indexes of the `most` sessions that moved most bytes, the busiest first. Sessions that moved
// none, or of which that is not known, are not among them.
std::vector<std::size_t> busiest(std::span<const SessionMoved> moved, std::size_t most);

// Compares scans, one after the other. Bytes of a session that ended in between are not counted.
class SessionKeeper {
 public:
  // By index of `sessions`. What moved since the scan before; of a session that is new since a
  // complete scan, all its bytes. After a scan that was not complete a new session may be old.
  std::vector<SessionMoved> next(std::span<const ScannedSession> sessions, bool complete,
                                 std::chrono::milliseconds at);
  // Between the last two scans; nullopt: there was one.
  std::optional<std::chrono::milliseconds> elapsed() const { return elapsed_; }

 private:
  struct Bytes {
    std::optional<std::uint64_t> sent, received;
  };
  SessionMoved moved(const ScannedSession& session) const;

  std::unordered_map<std::uint64_t, Bytes> before_;
  bool complete_ = false;
  std::optional<std::chrono::milliseconds> at_, elapsed_;
};

}  // namespace tuner
