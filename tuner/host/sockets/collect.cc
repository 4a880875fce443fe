#include "host/sockets/collect.h"

#include "base/text.h"
#include "host/net/socket_dump.h"
#include "host/programs/collect.h"
#include "host/programs/process.h"
#include "host/sockets/control_groups.h"
#include "host/sockets/net_namespaces.h"
#include "host/sockets/socket_nics.h"
#include "model/programs/service_name.h"
#include "model/release.h"

#include <netinet/in.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_set>

namespace tuner {
namespace {

// include/net/tcp_states.h. The process of such a socket may have closed it already.
constexpr std::array kClosing{4, 5, 9, 11};  // FIN_WAIT1, FIN_WAIT2, LAST_ACK, CLOSING
constexpr std::string_view kFirstUnit = "init.scope";

bool is_attached(const TlsSocket& socket) {
  return socket.socket.ulp.name == "tls";
}

std::string kernel_release() {
  utsname names{};
  return ::uname(&names) == 0 ? names.release : "";
}

// Sockets, which are read space by space; then, for all of them together, their processes, the TLS
// of these, their services, and last the NICs of those that remain.
class Collection {
 public:
  Collection(const FileTree& files, const SocketQuestion& question)
      : files_(files), question_(question) {}

  Result<TlsSockets> all() {
    const auto spaces = TRY(net_namespaces("/proc", question_.all_spaces));
    all_.spaces_not_looked_at = spaces.not_looked_at;
    all_.unreadable_spaces = spaces.unreadable;
    for (const NetNamespace& space : spaces.all) {
      SocketSpace about{.name = space.name, .own = space.own, .error = {}};
      read_space(space, about);
      if (about.error && about.error->fault == Fault::Internal) return fail(*about.error);
      all_.spaces.push_back(std::move(about));
    }
    find_holders();
    if (question_.without_kernel_tls || question_.listeners) look_at_programs();
    find_services();
    for (std::size_t i = 0; i < spaces.all.size(); ++i) TRY(find_nics(spaces.all[i], i));
    return std::move(all_);
  }

 private:
  struct Dump {
    std::deque<DiagSocket> connections, listeners;
    std::size_t multipath = 0;
    DumpEvidence evidence;
    bool changed = false;
  };

  void take(const DiagSocket& socket, Dump& dump) const {
    if (socket.state == kListenState) {
      dump.listeners.push_back(socket);
      return;
    }
    ++dump.evidence.tcp_sockets;
    dump.evidence.for_admin = dump.evidence.for_admin || socket.for_admin;
    dump.evidence.ulp_seen = dump.evidence.ulp_seen || !socket.ulp.name.empty();
    // A subflow of Multipath TCP (net/mptcp/subflow.c). A socket has one ULP, so it has no TLS.
    if (socket.ulp.name == "mptcp") ++dump.multipath;
    if (question_.without_kernel_tls || socket.ulp.name == "tls")
      dump.connections.push_back(socket);
  }

  // Both families. The sockets of one are handed on buffer by buffer; what is kept is asked for.
  Result<Dump> dump_once(int diagnostics) const {
    Dump dump;
    const std::uint32_t states = kCarryingData | (question_.listeners ? kListening : 0);
    for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
      const bool changed = TRY(dump_sockets(diagnostics, family, states, question_.until,
                                            [&](const DiagSocket& it) { take(it, dump); }));
      dump.changed = dump.changed || changed;
    }
    return dump;
  }

  // Once more if sockets changed meanwhile. One that moved in the kernel's table may come twice.
  Result<Dump> dump_space(int diagnostics) const {
    auto dump = TRY(dump_once(diagnostics));
    if (dump.changed) dump = TRY(dump_once(diagnostics));
    std::unordered_set<std::uint64_t> seen;
    const auto again = [&](const DiagSocket& it) { return !seen.insert(it.cookie).second; };
    std::erase_if(dump.connections, again);
    std::erase_if(dump.listeners, again);
    return dump;
  }

  void read_space(const NetNamespace& space, SocketSpace& about) {
    const auto sockets = open_sockets_in(space);
    if (!sockets) {
      about.error = sockets.error();
      return;
    }
    auto dump = dump_space(sockets->diagnostics.get());
    if (!dump) {
      about.error = dump.error();
      return;
    }
    about.tcp_sockets = dump->evidence.tcp_sockets;
    about.multipath = dump->multipath;
    about.changed = dump->changed;
    about.sees_tls = shows_tls(dump->evidence, kernel_release());
    // Where the ULP is hidden, all connections would look like those without kernel TLS.
    if (about.sees_tls) add(dump->connections, all_.sockets);
    add(dump->listeners, all_.listeners);
  }

  void add(std::deque<DiagSocket>& found, std::deque<TlsSocket>& to) const {
    for (; !found.empty(); found.pop_front()) {
      TlsSocket& added = to.emplace_back();
      added.socket = std::move(found.front());
      added.space = all_.spaces.size();
    }
  }

  void find_holders() {
    std::unordered_set<std::uint64_t> inodes;
    for (const auto* list : {&all_.sockets, &all_.listeners}) {
      for (const TlsSocket& it : *list)
        if (it.socket.inode != 0) inodes.insert(it.socket.inode);
    }
    OwnerLimits limits;
    limits.until = question_.until;
    auto owners = find_socket_owners("/proc", inodes, limits);
    if (!owners) all_.errors.push_back(owners.error());
    for (auto* list : {&all_.sockets, &all_.listeners})
      for (TlsSocket& it : *list) hold(owners, it);
    if (!owners) return;
    all_.processes = std::move(owners->processes);
    all_.unreadable_processes = owners->unreadable;
    all_.processes_not_looked_at = owners->not_looked_at;
    all_.all_processes_visible = owners->all_visible;
  }

  static void hold(const Result<SocketOwners>& owners, TlsSocket& it) {
    if (owners) {
      const auto found = owners->of_inode.find(it.socket.inode);
      if (found != owners->of_inode.end()) it.process = found->second;
    }
    it.holder = socket_holder({.process = it.process.has_value(),
                               .has_file = it.socket.inode != 0,
                               .closing = std::ranges::count(kClosing, it.socket.state) > 0,
                               .complete = owners && owners->complete(),
                               .uid = it.socket.uid,
                               .local_port = ntohs(it.socket.ends.local_port),
                               .peer_port = ntohs(it.socket.ends.peer_port)});
  }

  // What remains has the kernel's TLS, or is of a program that speaks TLS. A program that could not
  // be looked at stays out of the list and is counted.
  void look_at_programs() {
    ProgramFiles program_files(files_);
    for (const SocketProcess& process : all_.processes)
      all_.tls.push_back(tls_of(process, program_files));
    all_.gnutls_asks = gnutls_asks(files_);
    std::erase_if(all_.sockets,
                  [&](const TlsSocket& it) { return !is_attached(it) && !program_of(it); });
    std::erase_if(all_.listeners, [&](const TlsSocket& it) { return !program_of(it); });
    const std::optional<bool> available = kernel_has_tls();
    for (TlsSocket& it : all_.sockets) explain(it, available);
  }

  // Its number may be that of another process by now.
  HolderTls tls_of(const SocketProcess& process, ProgramFiles& program_files) const {
    auto program = tls_process(files_, program_files, process.pid);
    if (!program) return {.program = {}, .error = program.error()};
    if (!process.identity || identify_process(files_, process.pid) != process.identity) return {};
    return {.program = *std::move(program), .error = {}};
  }

  void explain(TlsSocket& it, std::optional<bool> available) const {
    if (tls_place(it.socket.ulp.txconf) != TlsPlace::None ||
        tls_place(it.socket.ulp.rxconf) != TlsPlace::None)
      return;
    const Program* program = program_of(it);
    AbsenceEvidence evidence{.attached = is_attached(it), .kernel_has_tls = available, .use = {}};
    if (program != nullptr) evidence.use = ktls_use(*program, all_.gnutls_asks);
    it.absence = why_not_in_kernel(evidence);
  }

  const Program* program_of(const TlsSocket& it) const {
    if (!it.process || !all_.tls[*it.process].program) return nullptr;
    return &*all_.tls[*it.process].program;
  }

  // The table of upper-layer protocols that are registered (net/ipv4/tcp_ulp.c).
  std::optional<bool> kernel_has_tls() const {
    const auto names = files_.read("/proc/sys/net/ipv4/tcp_available_ulp");
    if (!names) return is_absent(names.error()) ? std::optional(false) : std::nullopt;
    return std::ranges::count(split_whitespace(*names), std::string_view("tls")) > 0;
  }

  ControlGroups control_groups() {
    const auto has_group = [](const TlsSocket& it) {
      return it.socket.control_group.value_or(0) > 1;  // 1: the root group
    };
    const bool needed = std::ranges::any_of(all_.sockets, has_group) ||
                        std::ranges::any_of(all_.listeners, has_group);
    const auto folder = unified_control_groups();
    if (!needed || !folder) return {};
    auto groups = read_control_groups(*folder);
    if (groups) return *std::move(groups);
    all_.errors.push_back(groups.error());
    return {};
  }

  void find_services() {
    const ControlGroups groups = control_groups();
    for (auto* list : {&all_.sockets, &all_.listeners})
      for (TlsSocket& it : *list) it.service = service_of(it, groups);
  }

  // The group of a socket is that of its maker, so a listener that the service manager opened for a
  // service has the manager's, and so has each connection that it accepts.
  std::string service_of(const TlsSocket& it, const ControlGroups& groups) const {
    const auto path = groups.paths.find(it.socket.control_group.value_or(0));
    std::string service = path == groups.paths.end() ? "" : service_name(path->second);
    if (!service.empty() && service != kFirstUnit) return service;
    return it.process ? service_name(all_.processes[*it.process].control_group) : service;
  }

  Outcome find_nics(const NetNamespace& space, std::size_t index) {
    const auto is_here = [&](const TlsSocket& it) { return it.space == index; };
    if (std::ranges::none_of(all_.sockets, is_here)) return {};
    const auto sockets = open_sockets_in(space);
    if (!sockets && sockets.error().fault == Fault::Internal) return fail(sockets.error());
    if (!sockets) return {};  // not looked at
    SocketNics nics(sockets->routes.get(), sockets->names.get(), question_.until);
    for (TlsSocket& it : all_.sockets)
      if (is_here(it)) find_nic(nics, it);
    return {};
  }

  static void find_nic(SocketNics& nics, TlsSocket& it) {
    auto nic = nics.nic(it.socket.ends);
    if (nic) {
      it.nic_lookup = NicLookup::Found;
      it.nic = *std::move(nic);
      return;
    }
    const Error& error = nic.error();
    if (error.fault == Fault::Refused) return;  // not looked at
    // ENETUNREACH, EHOSTUNREACH, ENODEV and their kin; without an errno the reply was not readable.
    const bool said_by_kernel = error.errno_value != 0 && error.fault != Fault::TimedOut;
    it.nic_lookup = said_by_kernel ? NicLookup::NoRoute : NicLookup::Unreadable;
  }

  static constexpr std::uint8_t kListenState = 10;

  const FileTree& files_;
  SocketQuestion question_;
  TlsSockets all_;
};

}  // namespace

bool shows_tls(const DumpEvidence& evidence, std::string_view release) {
  if (evidence.tcp_sockets == 0 || evidence.ulp_seen) return true;
  const auto kernel = parse_release(release);
  // INET_DIAG_ULP_INFO came with Linux 5.4. Until 6.15 it is for CAP_NET_ADMIN only
  // (net/ipv4/tcp_diag.c).
  if (!kernel || *kernel < ReleaseNumber{5, 4, 0}) return false;
  return evidence.for_admin || *kernel >= ReleaseNumber{6, 15, 0};
}

Result<TlsSockets> collect_tls_sockets(const FileTree& files, const SocketQuestion& question) {
  return Collection(files, question).all();
}

}  // namespace tuner
