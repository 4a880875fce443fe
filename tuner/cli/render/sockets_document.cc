#include "cli/render/sockets.h"
#include "host/net/socket_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using document::or_null;
using document::word;

// include/net/tcp_states.h, by number.
constexpr std::array<std::string_view, 12> kStates{
    "",          "established", "syn-sent",   "syn-received", "fin-wait-1", "fin-wait-2",
    "time-wait", "close",       "close-wait", "last-ack",     "listen",     "closing"};

std::string state_text(std::uint8_t state) {
  return state == 0 || state >= kStates.size() ? fmt::format("{}", state)
                                               : std::string(kStates[state]);
}

std::optional<document::SocketOwner> process_document(const TlsSocket& found,
                                                      const TlsSockets& all) {
  if (!found.process) return std::nullopt;
  const SocketProcess& process = all.processes[*found.process];
  return document::SocketOwner{.pid = process.pid, .name = process.name};
}

document::Socket socket_document(const TlsSocket& found, const TlsSockets& all) {
  const DiagSocket& socket = found.socket;
  document::Socket row{.net_namespace = all.spaces[found.space].name,
                       .state = state_text(socket.state),
                       .local = local_text(socket.ends),
                       .peer = peer_text(socket.ends),
                       .version = or_null(tls_info_version(socket.ulp.version)),
                       .cipher = or_null(tls_info_cipher(socket.ulp.cipher)),
                       .tx = word(tls_place(socket.ulp.txconf)),
                       .rx = word(tls_place(socket.ulp.rxconf)),
                       .attached = is_attached(found),
                       .keys = has_keys(found),
                       .library = or_null(library_text(found, all)),
                       .absence = {},
                       .zero_copy_sendfile = socket.ulp.zero_copy_sendfile,
                       .rx_no_pad = socket.ulp.rx_no_pad,
                       .tx_max_payload = {},
                       .bytes_sent = socket.bytes_sent,
                       .bytes_received = socket.bytes_received,
                       .holder = word(found.holder.holder),
                       .process = process_document(found, all),
                       .kernel_service = or_null(found.holder.kernel_service),
                       .service = or_null(found.service),
                       .nic = or_null(found.nic),
                       .nic_lookup = word(found.nic_lookup),
                       .uid = socket.uid,
                       .inode = socket.inode,
                       // As ss(8) prints it with --extended.
                       .cookie = fmt::format("{:x}", socket.cookie)};
  if (socket.ulp.tx_max_payload > 0) row.tx_max_payload = socket.ulp.tx_max_payload;
  if (found.absence)
    row.absence = document::Absence{.because = found.absence->because,
                                    .confidence = word(found.absence->confidence)};
  return row;
}

document::Listener listener_document(const TlsSocket& found, const TlsSockets& all) {
  const KtlsUse use = listener_use(found, all);
  document::Listener row{.net_namespace = all.spaces[found.space].name,
                         .local = local_text(found.socket.ends),
                         .process = process_document(found, all),
                         .service = or_null(found.service),
                         .library = or_null(library_text(found, all)),
                         .uses_ktls = word(use.answer),
                         .sure = use.sure,
                         .because = use.because};
  return row;
}

document::NetNamespaceSockets space_document(const SocketSpace& space) {
  return {.name = space.name,
          .own = space.own,
          .tcp_sockets = space.tcp_sockets,
          .sees_tls = !space.error && space.sees_tls,
          .changed = space.changed,
          .error = space.error ? or_null(space.error->text) : std::nullopt};
}

std::string group_name(const TlsSocket& socket, const TlsSockets& all, SocketsBy by) {
  if (by == SocketsBy::Nic) return socket.nic;
  if (by == SocketsBy::Service && !socket.service.empty()) return socket.service;
  return holder_text(socket, all);
}

}  // namespace

bool has_keys(const TlsSocket& socket) {
  return tls_place(socket.socket.ulp.txconf) != TlsPlace::None ||
         tls_place(socket.socket.ulp.rxconf) != TlsPlace::None;
}

bool is_attached(const TlsSocket& socket) {
  return socket.socket.ulp.name == "tls";
}

// "OpenSSL 3.0.19", else "gnutls".
std::string library_text(const TlsSocket& socket, const TlsSockets& all) {
  if (!socket.process || all.tls.empty()) return {};
  const auto& program = all.tls[*socket.process].program;
  if (!program || program->libraries.empty()) return {};
  const ProgramLibrary& library = program->libraries.front();
  return library.version.empty() ? std::string(word_of(library.kind)) : library.version;
}

KtlsUse listener_use(const TlsSocket& listener, const TlsSockets& all) {
  if (!listener.process || all.tls.empty() || !all.tls[*listener.process].program) return {};
  return ktls_use(*all.tls[*listener.process].program, all.gnutls_asks);
}

std::size_t unreadable_programs(const TlsSockets& all) {
  return static_cast<std::size_t>(
      std::ranges::count_if(all.tls, [](const HolderTls& tls) { return tls.error.has_value(); }));
}

std::string holder_text(const TlsSocket& socket, const TlsSockets& all) {
  switch (socket.holder.holder) {
    case SocketHolder::Process: {
      const SocketProcess& process = all.processes[*socket.process];
      return fmt::format("{} ({})", process.name, process.pid);
    }
    case SocketHolder::Kernel:
      return fmt::format("kernel: {}, by its port", socket.holder.kernel_service);
    case SocketHolder::NoProcess: return "no process";
    case SocketHolder::Closed: return "closed by its process";
    case SocketHolder::NotAccepted: return "not accepted yet";
    case SocketHolder::Unknown: return "unknown";
  }
  return {};
}

std::optional<Error> cannot_see(const SocketSpace& space) {
  if (space.error) return space.error;
  if (space.sees_tls) return std::nullopt;
  return Error{
      .fault = Fault::NotPermitted,
      .errno_value = 0,
      .text = fmt::format("cannot see which of {} TCP connections in {} have the kernel's TLS",
                          space.tcp_sockets, space.name),
      .hint = "before Linux 6.15 this needs CAP_NET_ADMIN, and at least Linux 5.4: run as root"};
}

std::vector<TlsShare> tls_shares(const TlsSockets& all, std::span<const std::string> names) {
  std::vector<bool> never;  // by process: one has many sockets
  for (const HolderTls& tls : all.tls)
    never.push_back(tls.program &&
                    ktls_use(*tls.program, all.gnutls_asks).answer == KtlsUse::Answer::Never);
  std::vector<TlsShare> shares;
  shares.reserve(all.sockets.size());
  for (const TlsSocket& found : all.sockets) {
    const DiagSocket& socket = found.socket;
    const bool unable = found.process && *found.process < never.size() && never[*found.process];
    shares.push_back({.name = names[shares.size()],
                      .tx = tls_place(socket.ulp.txconf),
                      .rx = tls_place(socket.ulp.rxconf),
                      .sent = socket.bytes_sent.value_or(0),
                      .received = socket.bytes_received.value_or(0),
                      .bytes_reported = socket.bytes_sent && socket.bytes_received,
                      .eligible = is_attached(found) || !unable});
  }
  return shares;
}

std::vector<std::string> group_names(const TlsSockets& all, SocketsBy by) {
  std::vector<std::string> names;
  names.reserve(all.sockets.size());
  for (const TlsSocket& found : all.sockets) names.push_back(group_name(found, all, by));
  return names;
}

std::vector<TlsCoverage> sockets_coverage(const TlsSockets& all, SocketsBy by) {
  const std::vector<std::string> names = group_names(all, by);
  return tls_coverage(tls_shares(all, names));
}

document::Sockets sockets_document(const TlsSockets& all, SocketsBy by) {
  document::Sockets body{
      .net_namespaces = {},
      .sockets = {},
      .by = word(by),
      .coverage = {},
      .not_looked_at = {.processes = all.processes_not_looked_at,
                        .unreadable_processes = all.unreadable_processes + all.unreadable_spaces,
                        .unreadable_programs = unreadable_programs(all),
                        .other_pid_namespaces = !all.all_processes_visible,
                        .net_namespaces = all.spaces_not_looked_at}};
  for (const SocketSpace& space : all.spaces) body.net_namespaces.push_back(space_document(space));
  for (const TlsSocket& listener : all.listeners)
    body.listeners.push_back(listener_document(listener, all));
  if (by == SocketsBy::Socket) {
    for (const TlsSocket& socket : all.sockets)
      body.sockets.push_back(socket_document(socket, all));
    return body;
  }
  for (const TlsCoverage& row : sockets_coverage(all, by))
    body.coverage.push_back({.name = row.name,
                             .sessions = row.sessions,
                             .eligible_sessions = row.eligible_sessions,
                             .covered_sessions = row.covered_sessions,
                             .device_sessions = row.device_sessions,
                             .bytes = row.bytes,
                             .eligible_bytes = row.eligible_bytes,
                             .covered_bytes = row.covered_bytes,
                             .device_bytes = row.device_bytes});
  return body;
}

}  // namespace tuner
