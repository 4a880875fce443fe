// The document of sockets: each TCP socket with the kernel's TLS.
#pragma once

#include "document/common.h"
#include "model/programs/program_risk.h"
#include "model/programs/tls_absence.h"
#include "model/programs/tls_socket.h"

namespace tuner::document {

struct SocketOwner {
  std::int64_t pid = 0;
  std::string name;
};

void describe(auto& keys, Exactly<SocketOwner> auto& process) {
  keys.object("socket_process", "The process that holds a socket");
  keys.key({"pid"}, process.pid);
  keys.key({"name", "Its short name (comm)"}, process.name);
}

struct Absence {
  std::string because;
  std::string confidence;
};

void describe(auto& keys, Exactly<Absence> auto& absence) {
  keys.object("socket_absence", "Why no direction of a connection is in the kernel");
  keys.key({"because", "A clause", kNotEmpty}, absence.because);
  keys.key({"confidence",
            "likely: by what can be read now; guess: what was read suggests it; unknown: because "
            "says what is not known",
            {.words = words_of<Confidence>()}},
           absence.confidence);
}

struct Socket {
  std::string net_namespace;
  std::string state;
  std::string local;
  std::string peer;
  std::optional<std::string> version;
  std::optional<std::string> cipher;
  std::string tx;
  std::string rx;
  bool attached = false;
  bool keys = false;
  std::optional<std::string> library;
  std::optional<Absence> absence;
  bool zero_copy_sendfile = false;
  bool rx_no_pad = false;
  std::optional<unsigned> tx_max_payload;
  std::optional<std::uint64_t> bytes_sent;
  std::optional<std::uint64_t> bytes_received;
  std::string holder;
  std::optional<SocketOwner> process;
  std::optional<std::string> kernel_service;
  std::optional<std::string> service;
  std::optional<std::string> nic;
  std::string nic_lookup;
  unsigned uid = 0;
  std::uint64_t inode = 0;
  std::string cookie;
};

void describe(auto& keys, Exactly<Socket> auto& socket) {
  keys.object(
      "socket",
      "A TCP connection with the kernel's TLS; with --all also one of a program that speaks "
      "TLS without it");
  keys.key({"net_namespace", "As in /proc/PID/ns/net", kNotEmpty}, socket.net_namespace);
  keys.key({"state", "The TCP state", kNotEmpty}, socket.state);
  keys.key({"local", "ADDRESS:PORT"}, socket.local);
  keys.key({"peer", "ADDRESS:PORT"}, socket.peer);
  keys.key({"version", "null: no keys"}, socket.version);
  keys.key({"cipher", "null: no keys"}, socket.cipher);
  keys.key({"tx", "Who encrypts what is sent; none: the program", {.words = words_of<TlsPlace>()}},
           socket.tx);
  keys.key(
      {"rx", "Who decrypts what is received; none: the program", {.words = words_of<TlsPlace>()}},
      socket.rx);
  keys.key({"attached", "The socket has the kernel's TLS (ULP), with or without keys"},
           socket.attached);
  keys.key({"keys",
            "A key is set in one direction or both. false with attached is a half-failure: the TLS "
            "library attached the kernel's TLS, and the program does the work"},
           socket.keys);
  keys.key({"library", "The TLS library of its program. null: none is known; only with --all"},
           socket.library);
  keys.key({"absence", "null: a direction is in the kernel; only with --all"}, socket.absence);
  keys.key({"zero_copy_sendfile", "sendfile(2) without a copy; of the NIC only"},
           socket.zero_copy_sendfile);
  keys.key({"rx_no_pad", "The receiver expects no padding (TLS 1.3)"}, socket.rx_no_pad);
  keys.key({"tx_max_payload", "null: the kernel does not report it"}, socket.tx_max_payload);
  keys.key({"bytes_sent", "Acknowledged by the peer, with the handshake. null: not reported"},
           socket.bytes_sent);
  keys.key({"bytes_received", "With the handshake. null: not reported"}, socket.bytes_received);
  keys.key(
      {"holder",
       "process: it has a descriptor. kernel: a service of the kernel, by its port. no_process: no "
       "process has a descriptor. closed, not_accepted: no process has it any more or yet. "
       "unknown: not all processes could be looked at",
       {.words = words_of<SocketHolder>()}},
      socket.holder);
  keys.key({"process"}, socket.process);
  keys.key({"kernel_service", "NFS or NVMe/TCP, by the port"}, socket.kernel_service);
  keys.key({"service", "The unit of systemd, by control group; null: none is known"},
           socket.service);
  keys.key({"nic", "The output interface of the route to the peer"}, socket.nic);
  keys.key({"nic_lookup", {}, {.words = words_of<NicLookup>()}}, socket.nic_lookup);
  keys.key({"uid", "Of the socket's creator"}, socket.uid);
  keys.key({"inode", "0: no process has the socket"}, socket.inode);
  keys.key({"cookie", "Never reused in one boot", {.pattern = "^[0-9a-f]+$"}}, socket.cookie);
}

struct Listener {
  std::string net_namespace;
  std::string local;
  std::optional<SocketOwner> process;
  std::optional<std::string> service;
  std::optional<std::string> library;
  std::string uses_ktls;
  bool sure = false;
  std::string because;
};

void describe(auto& keys, Exactly<Listener> auto& listener) {
  keys.object("socket_listener", "A listening socket of a program that speaks TLS");
  keys.key({"net_namespace", "As in /proc/PID/ns/net", kNotEmpty}, listener.net_namespace);
  keys.key({"local", "ADDRESS:PORT"}, listener.local);
  keys.key({"process"}, listener.process);
  keys.key({"service", "The unit of systemd; null: none is known"}, listener.service);
  keys.key({"library", "The TLS library of its program"}, listener.library);
  keys.key({"uses_ktls",
            "Whether its program uses the kernel's TLS where the kernel has it",
            {.words = words_of<KtlsUse::Answer>()}},
           listener.uses_ktls);
  keys.key({"sure", "false: what was read only suggests it"}, listener.sure);
  keys.key({"because", "A clause; may be empty"}, listener.because);
}

struct NetNamespaceSockets {
  std::string name;
  bool own = false;
  std::uint64_t tcp_sockets = 0;
  bool sees_tls = false;
  bool changed = false;
  std::optional<std::string> error;
};

void describe(auto& keys, Exactly<NetNamespaceSockets> auto& space) {
  keys.object("socket_namespace", "A network namespace that was looked at");
  keys.key({"name", "As in /proc/PID/ns/net", kNotEmpty}, space.name);
  keys.key({"own", "That of the tool"}, space.own);
  keys.key({"tcp_sockets", "Connections, with or without TLS"}, space.tcp_sockets);
  keys.key({"sees_tls", "false: the kernel hides from the tool which of them have TLS"},
           space.sees_tls);
  keys.key({"changed", "Sockets changed while they were read, twice: some may be missing"},
           space.changed);
  keys.key({"error", "null: it was read completely"}, space.error);
}

struct Coverage {
  std::string name;
  std::uint64_t sessions = 0;
  std::uint64_t eligible_sessions = 0;
  std::uint64_t covered_sessions = 0;
  std::uint64_t device_sessions = 0;
  std::uint64_t bytes = 0;
  std::uint64_t eligible_bytes = 0;
  std::uint64_t covered_bytes = 0;
  std::uint64_t device_bytes = 0;
};

void describe(auto& keys, Exactly<Coverage> auto& row) {
  keys.object("socket_coverage", "How much of a group's TLS sessions is in the kernel");
  keys.key({"name", "Empty: not known"}, row.name);
  keys.key({"sessions",
            "Sockets with the kernel's TLS attached; with --all also of programs that "
            "speak TLS without it"},
           row.sessions);
  keys.key(
      {"eligible_sessions",
       "Of them those that are covered, or could be: not of a program that cannot hand them to "
       "the kernel. Without --all, programs are not looked at",
       kLater},
      row.eligible_sessions);
  keys.key({"covered_sessions",
            "Of them with keys in the kernel or the NIC, in one direction or "
            "both"},
           row.covered_sessions);
  keys.key({"device_sessions", "Of them in the NIC"}, row.device_sessions);
  keys.key({"bytes", "Sent and received"}, row.bytes);
  keys.key({"eligible_bytes", "Of eligible sessions", kLater}, row.eligible_bytes);
  keys.key({"covered_bytes", "Of directions in the kernel or the NIC"}, row.covered_bytes);
  keys.key({"device_bytes", "Of directions in the NIC"}, row.device_bytes);
}

struct NotLookedAt {
  std::uint64_t processes = 0;
  std::uint64_t unreadable_processes = 0;
  std::uint64_t unreadable_programs = 0;
  bool other_pid_namespaces = false;
  std::uint64_t net_namespaces = 0;
};

void describe(auto& keys, Exactly<NotLookedAt> auto& left) {
  keys.object("sockets_not_looked_at", "What may be missing");
  keys.key({"processes", "Left out when a limit or --timeout was reached"}, left.processes);
  keys.key({"unreadable_processes", "Whose descriptors or namespace may not be read"},
           left.unreadable_processes);
  keys.key(
      {"unreadable_programs", "Whose mapped files could not be read; with --all or --listeners"},
      left.unreadable_programs);
  keys.key({"other_pid_namespaces", "/proc does not show all processes of this machine"},
           left.other_pid_namespaces);
  keys.key({"net_namespaces", "Left out at the limit"}, left.net_namespaces);
}

struct Sockets {
  std::vector<NetNamespaceSockets> net_namespaces;
  std::vector<Socket> sockets;
  std::string by;
  std::vector<Coverage> coverage;
  std::vector<Listener> listeners;
  NotLookedAt not_looked_at;
};

void describe(auto& keys, Exactly<Sockets> auto& sockets) {
  keys.object("sockets", "The TCP connections of this machine with the kernel's TLS");
  keys.key({"by",
            "What is listed: sockets, or coverage by service, process or NIC",
            {.words = words_of<SocketsBy>()}},
           sockets.by);
  keys.key({"sockets", "Empty unless by is socket"}, sockets.sockets);
  keys.key({"net_namespaces", {}, kNotEmpty}, sockets.net_namespaces);
  keys.key({"coverage", "One row for each service, process or NIC; empty if by is socket"},
           sockets.coverage);
  keys.key({"listeners", "Only with --listeners"}, sockets.listeners);
  keys.key({"not_looked_at"}, sockets.not_looked_at);
}

}  // namespace tuner::document
