#include "host/sockets/collect.h"

#include "host/net/socket_dump.h"
#include "host/sockets/control_groups.h"
#include "host/sockets/net_namespaces.h"
#include "host/sockets/socket_nics.h"
#include "model/release.h"
#include "model/service_name.h"

#include <netinet/in.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <unordered_set>

namespace tuner {
namespace {

constexpr std::array kClosing{4, 5, 9, 11};  // FIN_WAIT1, FIN_WAIT2, LAST_ACK, CLOSING
constexpr std::string_view kFirstUnit = "init.scope";

using Until = std::chrono::steady_clock::time_point;

struct Dump {
  std::vector<DiagSocket> sockets;  // with TLS
  DumpEvidence evidence;
  bool changed = false;
};

// Both families. The sockets of one are handed on buffer by buffer; what is kept has TLS.
Result<Dump> dump_once(int diagnostics, Until until) {
  Dump dump;
  const auto take = [&](const DiagSocket& socket) {
    ++dump.evidence.tcp_sockets;
    dump.evidence.for_admin = dump.evidence.for_admin || socket.for_admin;
    dump.evidence.ulp_seen = dump.evidence.ulp_seen || !socket.ulp.name.empty();
    if (socket.ulp.name == "tls") dump.sockets.push_back(socket);
  };
  for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    const bool changed = TRY(dump_sockets(diagnostics, family, kCarryingData, until, take));
    dump.changed = dump.changed || changed;
  }
  return dump;
}

// Once more if sockets changed meanwhile. A socket that moved in the kernel's table may come twice.
Result<Dump> dump_space(int diagnostics, Until until) {
  auto dump = TRY(dump_once(diagnostics, until));
  if (dump.changed) dump = TRY(dump_once(diagnostics, until));
  std::unordered_set<std::uint64_t> seen;
  std::erase_if(dump.sockets,
                [&](const DiagSocket& socket) { return !seen.insert(socket.cookie).second; });
  return dump;
}

void find_nic(SocketNics& nics, TlsSocket& socket) {
  auto nic = nics.nic(socket.socket.ends);
  if (nic) {
    socket.nic_lookup = NicLookup::Found;
    socket.nic = *std::move(nic);
    return;
  }
  const Error& error = nic.error();
  if (error.fault == Fault::Refused)
    socket.nic_lookup = NicLookup::NotLookedAt;
  else
    // ENETUNREACH, EHOSTUNREACH, ENODEV and their kin; without an errno the reply was not readable.
    socket.nic_lookup = error.errno_value != 0 && error.fault != Fault::TimedOut
                            ? NicLookup::NoRoute
                            : NicLookup::Unreadable;
}

std::string kernel_release() {
  utsname names{};
  return ::uname(&names) == 0 ? names.release : "";
}

void read_space(const NetNamespace& space, Until until, SocketSpace& about, TlsSockets& all) {
  const auto sockets = open_sockets_in(space);
  if (!sockets) {
    about.error = sockets.error();
    return;
  }
  auto dump = dump_space(sockets->diagnostics.get(), until);
  if (!dump) {
    about.error = dump.error();
    return;
  }
  about.tcp_sockets = dump->evidence.tcp_sockets;
  about.changed = dump->changed;
  about.sees_tls = shows_tls(dump->evidence, kernel_release());
  SocketNics nics(sockets->routes.get(), sockets->names.get(), until);
  for (DiagSocket& socket : dump->sockets) {
    TlsSocket& found = all.sockets.emplace_back();
    found.socket = std::move(socket);
    found.space = all.spaces.size();
    find_nic(nics, found);
  }
}

// The unit of a socket. The group of a socket is that of its maker, so a listener that the service
// manager opened for a service has the manager's, and so has each connection that it accepts.
std::string service_of(const TlsSocket& socket, const ControlGroups& groups,
                       const TlsSockets& all) {
  const auto path = groups.paths.find(socket.socket.control_group.value_or(0));
  std::string service = path == groups.paths.end() ? "" : service_name(path->second);
  if (!service.empty() && service != kFirstUnit) return service;
  return socket.process ? service_name(all.processes[*socket.process].control_group) : service;
}

ControlGroups groups_for(TlsSockets& all) {
  const bool needed = std::ranges::any_of(all.sockets, [](const TlsSocket& socket) {
    return socket.socket.control_group.value_or(0) > 1;  // 1: the root group
  });
  const auto folder = unified_control_groups();
  if (!needed || !folder) return {};
  auto groups = read_control_groups(*folder);
  if (groups) return *std::move(groups);
  all.errors.push_back(groups.error());
  return {};
}

HolderVerdict holder_of(const DiagSocket& socket, bool process, bool complete) {
  return socket_holder({.process = process,
                        .has_file = socket.inode != 0,
                        .closing = std::ranges::count(kClosing, socket.state) > 0,
                        .complete = complete,
                        .uid = socket.uid,
                        .local_port = ntohs(socket.ends.local_port),
                        .peer_port = ntohs(socket.ends.peer_port)});
}

void find_holders(Until until, TlsSockets& all) {
  std::unordered_set<std::uint64_t> inodes;
  for (const TlsSocket& socket : all.sockets)
    if (socket.socket.inode != 0) inodes.insert(socket.socket.inode);
  OwnerLimits limits;
  limits.until = until;
  auto owners = find_socket_owners("/proc", inodes, limits);
  if (!owners) all.errors.push_back(owners.error());
  const bool complete = owners && owners->complete();
  for (TlsSocket& socket : all.sockets) {
    if (owners) {
      const auto found = owners->of_inode.find(socket.socket.inode);
      if (found != owners->of_inode.end()) socket.process = found->second;
    }
    socket.holder = holder_of(socket.socket, socket.process.has_value(), complete);
  }
  if (!owners) return;
  all.processes = std::move(owners->processes);
  all.unreadable_processes = owners->unreadable;
  all.processes_not_looked_at = owners->not_looked_at;
  all.all_processes_visible = owners->all_visible;
}

}  // namespace

bool shows_tls(const DumpEvidence& evidence, std::string_view release) {
  if (evidence.tcp_sockets == 0 || evidence.ulp_seen) return true;
  const auto kernel = parse_release(release);
  if (!kernel || *kernel < ReleaseNumber{5, 4, 0}) return false;
  return evidence.for_admin || *kernel >= ReleaseNumber{6, 15, 0};
}

Result<TlsSockets> collect_tls_sockets(const SocketQuestion& question) {
  const auto spaces = TRY(net_namespaces("/proc", question.all_spaces));
  TlsSockets all;
  all.spaces_not_looked_at = spaces.not_looked_at;
  all.unreadable_spaces = spaces.unreadable;
  for (const NetNamespace& space : spaces.all) {
    SocketSpace about{.name = space.name, .own = space.own, .error = {}};
    read_space(space, question.until, about, all);
    if (about.error && about.error->fault == Fault::Internal) return fail(*about.error);
    all.spaces.push_back(std::move(about));
  }
  find_holders(question.until, all);
  const ControlGroups groups = groups_for(all);
  for (TlsSocket& socket : all.sockets) socket.service = service_of(socket, groups, all);
  return all;
}

}  // namespace tuner
