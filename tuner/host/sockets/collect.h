// All TCP sockets of this machine that have the kernel's TLS: from socket diagnostics, with the
// process, the service and the NIC of each. On request also those of programs that speak TLS
// without it, with the reason.
#pragma once

#include "base/result.h"
#include "host/host.h"
#include "host/net/socket_messages.h"
#include "host/sockets/socket_owners.h"
#include "model/programs/programs.h"
#include "model/programs/tls_absence.h"
#include "model/programs/tls_socket.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

struct TlsSocket {
  DiagSocket socket;
  std::size_t space = 0;  // index of TlsSockets::spaces
  HolderVerdict holder;
  std::optional<std::size_t> process;  // index of TlsSockets::processes
  std::string service;                 // "nginx.service"; "": none is known
  NicLookup nic_lookup = NicLookup::NotLookedAt;
  std::string nic;  // the output interface: "eth0", "bond0", "lo"
  // Why no direction is in the kernel; nullopt: one is, or it was not asked for.
  std::optional<TlsAbsence> absence;
};

// The TLS of a process that holds a socket.
struct HolderTls {
  std::optional<Program> program;  // nullopt: no TLS library is mapped, or it has ended
  std::optional<Error> error;      // it could not be looked at
};

// What was learned of one network namespace.
struct SocketSpace {
  std::string name;  // "net:[4026531840]"
  bool own = false;
  std::size_t tcp_sockets = 0;  // with or without TLS
  std::size_t multipath = 0;    // of these: parts of connections of MPTCP
  bool sees_tls = true;         // false: the kernel hides the TLS of sockets from this process
  bool changed = false;         // sockets changed during both reads: some may be missing
  std::optional<Error> error;   // it could not be read, or not completely
};

struct TlsSockets {
  std::vector<SocketSpace> spaces;
  // Deques: a vector of 100,000 would need three times its size while it grows.
  std::deque<TlsSocket> sockets;
  // Listening sockets of programs that speak TLS; if they were asked for.
  std::deque<TlsSocket> listeners;
  std::vector<SocketProcess> processes;
  std::vector<HolderTls> tls;       // of `processes`, by index; empty if it was not asked for
  std::optional<bool> gnutls_asks;  // as in Programs
  std::size_t unreadable_processes = 0;
  std::size_t processes_not_looked_at = 0;
  bool all_processes_visible = true;
  std::size_t spaces_not_looked_at = 0;
  std::size_t unreadable_spaces = 0;  // processes whose namespace may not be looked at
  std::vector<Error> errors;          // other reads that failed
};

struct SocketQuestion {
  bool all_spaces = false;          // also network namespaces of other processes
  bool without_kernel_tls = false;  // also connections of programs that speak TLS without it
  bool listeners = false;           // also listening sockets of programs that speak TLS
  std::chrono::steady_clock::time_point until;
};

// Fails if the namespaces cannot be listed, or this process cannot return to its own.
// Programs are looked at through `files`: their mapped files and configurations.
Result<TlsSockets> collect_tls_sockets(const FileTree& files, const SocketQuestion& question);

// Whether a dump shows TLS, by what it showed and the kernel's release ("6.1.0-32-amd64"): each
// dump from Linux 6.15 on; before, only those that CAP_NET_ADMIN asks for, and none before 5.4.
struct DumpEvidence {
  std::size_t tcp_sockets = 0;
  bool for_admin = false;  // the kernel took this process for CAP_NET_ADMIN
  bool ulp_seen = false;
};
bool shows_tls(const DumpEvidence& evidence, std::string_view release);

}  // namespace tuner
