// How many TLS sessions of each service are in the kernel or the NIC, how many could be, and how
// many cannot: what the drift job counts. Plain data and pure functions.
#pragma once

#include "base/words.h"
#include "model/programs/tls_socket.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Where a session is. One with both directions in the kernel or the NIC, and one with one direction
// there, count alike: by its best direction.
enum class SessionPath {
  None,     // in the program, which could hand it to the kernel
  Kernel,   // in the kernel, in software
  Device,   // in the NIC
  Cannot,   // in a program that cannot hand it to the kernel
  Unknown,  // the kernel reports a number that this program does not know
};
template <>
inline constexpr auto kWords<SessionPath> =
    std::to_array<Word<SessionPath>>({{SessionPath::None, "none"},
                                      {SessionPath::Kernel, "kernel"},
                                      {SessionPath::Device, "device"},
                                      {SessionPath::Cannot, "cannot"},
                                      {SessionPath::Unknown, "unknown"}});

SessionPath session_path(const TlsShare& session);

struct PathCount {
  std::uint64_t sessions = 0;
  std::uint64_t bytes = 0;  // sent and received; those of a session count by direction
  bool operator==(const PathCount&) const = default;
};

struct ServiceSessions {
  std::string service;
  std::array<PathCount, kWords<SessionPath>.size()> by_path{};
  bool bytes_reported = true;  // false: the kernel did not report the bytes of each session

  PathCount& of(SessionPath path) { return by_path[static_cast<std::size_t>(path)]; }
  const PathCount& of(SessionPath path) const { return by_path[static_cast<std::size_t>(path)]; }
  std::uint64_t sessions() const;
  bool operator==(const ServiceSessions&) const = default;
};

inline constexpr std::string_view kOtherServices = "other";

// One row for each name, at most `most`: those with most sessions, the rest together as
// kOtherServices. Sorted by name, kOtherServices last.
std::vector<ServiceSessions> service_sessions(std::span<const TlsShare> sessions, std::size_t most);

}  // namespace tuner
