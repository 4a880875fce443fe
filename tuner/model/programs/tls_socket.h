// What is known of a TCP socket with the kernel's TLS: where its records are processed, who holds
// it, and how much of a service's TLS is in the kernel. Plain data and pure functions.
#pragma once

#include "base/words.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Who processes the TLS records of one direction.
enum class TlsPlace {
  None,     // the program
  Kernel,   // the kernel, in software
  Device,   // the NIC
  Unknown,  // the kernel reports a number that this program does not know
};
template <>
inline constexpr auto kWords<TlsPlace> =
    std::to_array<Word<TlsPlace>>({{TlsPlace::None, "none"},
                                   {TlsPlace::Kernel, "kernel"},
                                   {TlsPlace::Device, "device"},
                                   {TlsPlace::Unknown, "unknown"}});

// Of TLS_INFO_TXCONF and TLS_INFO_RXCONF; 0 if the kernel did not report one.
TlsPlace tls_place(std::uint16_t conf);

// Who holds a socket.
enum class SocketHolder {
  Process,      // a process has a descriptor of it
  Kernel,       // a service in the kernel, by its port
  NoProcess,    // no process has a descriptor of it: the kernel, or io_uring's own descriptors
  Closed,       // its process has closed it; the kernel still sends
  NotAccepted,  // no process has accepted it yet
  Unknown,      // processes could not be looked at
};
template <>
inline constexpr auto kWords<SocketHolder> =
    std::to_array<Word<SocketHolder>>({{SocketHolder::Process, "process"},
                                       {SocketHolder::Kernel, "kernel"},
                                       {SocketHolder::NoProcess, "no_process"},
                                       {SocketHolder::Closed, "closed"},
                                       {SocketHolder::NotAccepted, "not_accepted"},
                                       {SocketHolder::Unknown, "unknown"}});

// What is known of the NIC of a socket.
enum class NicLookup { Found, NoRoute, Unreadable, NotLookedAt };
template <>
inline constexpr auto kWords<NicLookup> =
    std::to_array<Word<NicLookup>>({{NicLookup::Found, "found"},
                                    {NicLookup::NoRoute, "no_route"},
                                    {NicLookup::Unreadable, "unreadable"},
                                    {NicLookup::NotLookedAt, "not_looked_at"}});

// What a row of the list is: a socket, or all sockets of a service, process or NIC.
enum class SocketsBy { Socket, Service, Process, Nic };
template <>
inline constexpr auto kWords<SocketsBy> =
    std::to_array<Word<SocketsBy>>({{SocketsBy::Socket, "socket"},
                                    {SocketsBy::Service, "service"},
                                    {SocketsBy::Process, "process"},
                                    {SocketsBy::Nic, "nic"}});

struct HolderEvidence {
  bool process = false;   // a process has a descriptor of it
  bool has_file = true;   // its inode is not 0
  bool closing = false;   // FIN_WAIT1, FIN_WAIT2, CLOSING, LAST_ACK: close(2) was called
  bool complete = true;   // all processes were looked at
  std::uint32_t uid = 0;  // of its creator
  std::uint16_t local_port = 0, peer_port = 0;
};

struct HolderVerdict {
  SocketHolder holder = SocketHolder::Unknown;
  std::string_view kernel_service = {};  // "NFS", "NVMe/TCP"; of SocketHolder::Kernel
};

HolderVerdict socket_holder(const HolderEvidence& evidence);

// One TLS session: what counts for coverage.
struct TlsShare {
  std::string_view name = {};  // the group that it belongs to
  TlsPlace tx = TlsPlace::None, rx = TlsPlace::None;
  std::uint64_t sent = 0, received = 0;  // bytes; 0 if not reported
  bool bytes_reported = true;
  bool eligible = true;  // false: its program cannot hand connections to the kernel
};

// Whether a direction with this place is in the kernel or the NIC.
bool is_covered(TlsPlace place);

// How much of a group's TLS is in the kernel. A session counts as covered if one direction is; its
// bytes count by direction. Bytes of the handshake count, too. What is covered is eligible.
struct TlsCoverage {
  std::string name;
  std::uint64_t sessions = 0;
  std::uint64_t eligible_sessions = 0;
  std::uint64_t covered_sessions = 0;  // in the kernel or the NIC
  std::uint64_t device_sessions = 0;   // in the NIC
  std::uint64_t bytes = 0;
  std::uint64_t eligible_bytes = 0;
  std::uint64_t covered_bytes = 0;
  std::uint64_t device_bytes = 0;
  bool operator==(const TlsCoverage&) const = default;
};

// One row for each name: most sessions first, then by name.
std::vector<TlsCoverage> tls_coverage(std::span<const TlsShare> sessions);

}  // namespace tuner
