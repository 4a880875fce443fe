#include "cli/output/amounts.h"
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

std::string known_size(std::optional<std::uint64_t> bytes) {
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
  if (!is_attached(socket)) return {"not in the kernel", Tint::Warning};
  if (!has_keys(socket)) return {"no keys", Tint::Warning};
  return {fmt::format("{} {}", tls_info_version(socket.socket.ulp.version),
                      tls_info_cipher(socket.socket.ulp.cipher))};
}

std::string library_or_none(const TlsSocket& socket, const TlsSockets& all) {
  const std::string library = library_text(socket, all);
  return library.empty() ? "no TLS library is known" : library;
}

std::string confidence_text(Confidence confidence) {
  switch (confidence) {
    case Confidence::Certain: return {};
    case Confidence::Likely: return " (likely)";
    case Confidence::Guess: return " (a guess)";
    case Confidence::Unknown: return " (unknown)";
  }
  return {};
}

// "yes: it does so by itself", "seems no: …"
std::string use_text(const KtlsUse& use) {
  const bool told = use.answer != KtlsUse::Answer::Unknown;
  return fmt::format("{}{}{}{}", told && !use.sure ? "seems " : "", word_of(use.answer),
                     use.because.empty() ? "" : ": ", use.because);
}

std::string listeners_text(const TlsSockets& all, const Display& display) {
  Table table({"service: process", "listens on", "library", "uses kernel TLS"});
  for (const TlsSocket& found : all.listeners)
    table.add({{owner_text(found, all)},
               {local_text(found.socket.ends)},
               {library_or_none(found, all)},
               {use_text(listener_use(found, all))}});
  return table.text(display) + "\n";
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
               {known_size(socket.bytes_sent)},
               {known_size(socket.bytes_received)},
               {local_text(socket.ends)},
               {peer_text(socket.ends)}});
    if (found.absence)
      table.note(fmt::format("{}: {}{}", library_or_none(found, all), found.absence->because,
                             confidence_text(found.absence->confidence)));
    if (!all.spaces[found.space].own)
      table.note(fmt::format("in network namespace {}", all.spaces[found.space].name));
  }
  return table.text(display);
}

std::string coverage_text(const TlsSockets& all, SocketsBy by, const Display& display) {
  Table table({std::string(word_of(by)), "sessions", "eligible", "in kernel or NIC", "in NIC",
               "bytes", "eligible", "in kernel or NIC", "in NIC"});
  for (const TlsCoverage& row : sockets_coverage(all, by)) {
    table.add({{row.name.empty() ? "unknown" : row.name},
               {fmt::format("{}", row.sessions)},
               {fmt::format("{}", row.eligible_sessions)},
               {fmt::format("{}, {}", row.covered_sessions,
                            percent_text(row.covered_sessions, row.eligible_sessions))},
               {fmt::format("{}", row.device_sessions)},
               {known_size(row.bytes)},
               {known_size(row.eligible_bytes)},
               {percent_text(row.covered_bytes, row.eligible_bytes)},
               {percent_text(row.device_bytes, row.eligible_bytes)}});
  }
  return table.text(display);
}

std::string sockets_summary(const TlsSockets& all) {
  std::size_t connections = 0;
  for (const SocketSpace& space : all.spaces) connections += space.sees_tls ? space.tcp_sockets : 0;
  const auto count = [&](auto holds) {
    return static_cast<std::size_t>(std::ranges::count_if(all.sockets, holds));
  };
  const std::size_t attached = count(is_attached);
  const std::size_t keyed = count(has_keys);
  std::string text = attached == 0
                         ? text_line("none of {} TCP connections has the kernel's TLS", connections)
                         : text_line("{} of {} TCP connections {} keys in the kernel", keyed,
                                     connections, keyed == 1 ? "has" : "have");
  if (attached > keyed)
    text += text_line(
        "{} {} no keys, which is a half-failure: a TLS library attached the kernel's TLS and the "
        "program still does the work; the kernel lacks the cipher or refused the keys, or they are "
        "about to be set",
        attached - keyed, attached - keyed == 1 ? "has" : "have");
  if (all.sockets.size() > attached)
    text += text_line("{} more of programs that speak TLS; some of them may carry no TLS",
                      all.sockets.size() - attached);
  return text;
}

std::string limits_text(const TlsSockets& all) {
  std::string text;
  for (const std::string& limit : sockets_limits(all)) text += text_line("{}", limit);
  return text;
}

}  // namespace

std::string owner_text(const TlsSocket& socket, const TlsSockets& all) {
  const std::string holder = holder_text(socket, all);
  return socket.service.empty() ? holder : fmt::format("{}: {}", socket.service, holder);
}

std::vector<std::string> sockets_limits(const TlsSockets& all) {
  std::vector<std::string> limits;
  for (const SocketSpace& space : all.spaces) {
    if (space.changed)
      limits.push_back(
          fmt::format("{}: sockets changed while they were read: some may be missing", space.name));
  }
  if (all.unreadable_processes > 0)
    limits.push_back(fmt::format("processes that could not be read: {}; CAP_SYS_PTRACE is missing",
                                 all.unreadable_processes));
  if (const auto programs = unreadable_programs(all); programs > 0)
    limits.push_back(fmt::format("processes whose mapped files could not be read: {}", programs));
  if (all.processes_not_looked_at > 0)
    limits.push_back(fmt::format("processes not looked at: {}", all.processes_not_looked_at));
  if (!all.all_processes_visible)
    limits.emplace_back("processes outside this PID namespace are not visible");
  if (all.unreadable_spaces > 0)
    limits.push_back(fmt::format("processes whose network namespace could not be read: {}",
                                 all.unreadable_spaces));
  if (all.spaces_not_looked_at > 0)
    limits.push_back(fmt::format("network namespaces not looked at: {}", all.spaces_not_looked_at));
  return limits;
}

std::string sockets_text(const TlsSockets& all, SocketsBy by, const Display& display) {
  std::string text;
  if (!all.sockets.empty())
    text = (by == SocketsBy::Socket ? list_text(all, display) : coverage_text(all, by, display)) +
           "\n";
  if (!all.listeners.empty()) text += listeners_text(all, display);
  return text + sockets_summary(all) + limits_text(all);
}

}  // namespace tuner
