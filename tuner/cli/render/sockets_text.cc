#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/render/sockets.h"
#include "host/net/socket_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace tuner {
namespace {

// "812 B", "1.5 MiB"
std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string size_text(std::optional<std::uint64_t> bytes) {
  return bytes ? size_text(*bytes) : "-";
}

Cell place_cell(std::uint16_t conf) {
  const TlsPlace place = tls_place(conf);
  const bool good = place == TlsPlace::Kernel || place == TlsPlace::Device;
  return {std::string(word_of(place)), good ? Tint::Good : Tint::Faint};
}

std::string nic_text(const TlsSocket& socket) {
  switch (socket.nic_lookup) {
    case NicLookup::Found: return socket.nic;
    case NicLookup::NoRoute: return "no route";
    case NicLookup::Unreadable: return "unreadable";
    case NicLookup::NotLookedAt: return "not looked at";
  }
  return {};
}

Cell tls_cell(const TlsSocket& socket) {
  if (!has_keys(socket)) return {"no keys", Tint::Warning};
  return {fmt::format("{} {}", tls_info_version(socket.socket.ulp.version),
                      tls_info_cipher(socket.socket.ulp.cipher))};
}

std::string owner_text(const TlsSocket& socket, const TlsSockets& all) {
  const std::string holder = holder_text(socket, all);
  return socket.service.empty() ? holder : fmt::format("{}: {}", socket.service, holder);
}

std::string list_text(const TlsSockets& all, const Display& display) {
  Table table({"service: process", "tls", "tx", "rx", "nic", "sent", "received", "local", "peer"});
  for (const TlsSocket& found : all.sockets) {
    const DiagSocket& socket = found.socket;
    table.add({{owner_text(found, all)},
               tls_cell(found),
               place_cell(socket.ulp.txconf),
               place_cell(socket.ulp.rxconf),
               {nic_text(found)},
               {size_text(socket.bytes_sent)},
               {size_text(socket.bytes_received)},
               {local_text(socket.ends)},
               {peer_text(socket.ends)}});
    if (!all.spaces[found.space].own)
      table.note(fmt::format("in network namespace {}", all.spaces[found.space].name));
  }
  return table.text(display);
}

std::string percent_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.0f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string coverage_text(const TlsSockets& all, SocketsBy by, const Display& display) {
  Table table({std::string(word_of(by)), "sessions", "in kernel or NIC", "in NIC", "bytes",
               "in kernel or NIC", "in NIC"});
  for (const TlsCoverage& row : sockets_coverage(all, by)) {
    table.add({{row.name.empty() ? "unknown" : row.name},
               {fmt::format("{}", row.sessions)},
               {fmt::format("{}, {}", row.covered_sessions,
                            percent_text(row.covered_sessions, row.sessions))},
               {fmt::format("{}", row.device_sessions)},
               {size_text(row.bytes)},
               {percent_text(row.covered_bytes, row.bytes)},
               {percent_text(row.device_bytes, row.bytes)}});
  }
  return table.text(display);
}

std::string summary_text(const TlsSockets& all) {
  std::size_t connections = 0;
  for (const SocketSpace& space : all.spaces) connections += space.tcp_sockets;
  if (all.sockets.empty())
    return text_line("none of {} TCP connections has the kernel's TLS", connections);
  const auto keyed = static_cast<std::size_t>(std::ranges::count_if(all.sockets, has_keys));
  const std::size_t bare = all.sockets.size() - keyed;
  std::string text = text_line("{} of {} TCP connections {} keys in the kernel", keyed, connections,
                               keyed == 1 ? "has" : "have");
  if (bare > 0)
    text += text_line(
        "{} {} no keys: a TLS library attached the kernel's TLS, and the program still does the "
        "work: the handshake is not complete, the program does not ask for kTLS, or the kernel "
        "lacks the cipher",
        bare, bare == 1 ? "has" : "have");
  return text;
}

// What the list may lack.
std::string limits_text(const TlsSockets& all) {
  std::string text;
  for (const SocketSpace& space : all.spaces) {
    if (space.changed)
      text +=
          text_line("{}: sockets changed while they were read: some may be missing", space.name);
  }
  if (all.unreadable_processes > 0)
    text += text_line("processes that could not be read: {}; CAP_SYS_PTRACE is missing",
                      all.unreadable_processes);
  if (all.processes_not_looked_at > 0)
    text += text_line("processes not looked at: {}", all.processes_not_looked_at);
  if (!all.all_processes_visible) text += "processes outside this PID namespace are not visible\n";
  if (all.unreadable_spaces > 0)
    text +=
        text_line("processes whose network namespace could not be read: {}", all.unreadable_spaces);
  if (all.spaces_not_looked_at > 0)
    text += text_line("network namespaces not looked at: {}", all.spaces_not_looked_at);
  return text;
}

}  // namespace

std::string sockets_text(const TlsSockets& all, SocketsBy by, const Display& display) {
  std::string text;
  if (!all.sockets.empty())
    text = (by == SocketsBy::Socket ? list_text(all, display) : coverage_text(all, by, display)) +
           "\n";
  return text + summary_text(all) + limits_text(all);
}

}  // namespace tuner
