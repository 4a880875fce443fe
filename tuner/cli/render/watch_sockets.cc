#include "cli/render/sockets.h"
#include "cli/render/watch.h"
#include "host/net/socket_address.h"

#include <algorithm>
#include <unordered_map>

namespace tuner {
namespace {

using Amount = std::optional<std::uint64_t>;

void add(Amount& sum, const Amount& more) {
  if (more) sum = sum.value_or(0) + *more;
}

std::vector<ServiceMoved> services_of(const TlsSockets& all,
                                      const std::vector<SessionMoved>& moved) {
  const std::vector<std::string> names = group_names(all, SocketsBy::Service);
  std::unordered_map<std::string_view, SessionMoved> sums;
  for (std::size_t i = 0; i < names.size(); ++i) {
    SessionMoved& sum = sums[names[i]];
    add(sum.sent, moved[i].sent);
    add(sum.received, moved[i].received);
  }
  std::vector<ServiceMoved> rows;
  for (TlsCoverage& coverage : tls_coverage(tls_shares(all, names))) {
    const SessionMoved& sum = sums[coverage.name];
    rows.push_back({.coverage = std::move(coverage), .sent = sum.sent, .received = sum.received});
  }
  return rows;
}

}  // namespace

SocketsPart sockets_part(const TlsSockets& all, SessionKeeper& keeper,
                         std::chrono::milliseconds at) {
  SocketsPart part;
  part.at = at;
  part.errors = all.errors;
  bool complete = true;
  for (const SocketSpace& space : all.spaces) {
    const auto error = cannot_see(space);
    if (error) part.errors.push_back(*error);
    part.seen = part.seen || !error;
    complete = complete && !error && !space.changed;
  }
  std::vector<ScannedSession> sessions;
  sessions.reserve(all.sockets.size());
  for (const TlsSocket& found : all.sockets)
    sessions.push_back({.cookie = found.socket.cookie,
                        .tx = tls_place(found.socket.ulp.txconf),
                        .rx = tls_place(found.socket.ulp.rxconf),
                        .sent = found.socket.bytes_sent,
                        .received = found.socket.bytes_received});
  const auto moved = keeper.next(sessions, complete, at);
  part.elapsed = keeper.elapsed();
  part.paths = paths_moved(sessions, moved);
  part.services = services_of(all, moved);
  for (const std::size_t i : busiest(moved, kBusiest)) {
    const TlsSocket& found = all.sockets[i];
    part.busiest.push_back({.owner = owner_text(found, all),
                            .local = local_text(found.socket.ends),
                            .peer = peer_text(found.socket.ends),
                            .tx = sessions[i].tx,
                            .rx = sessions[i].rx,
                            .moved = moved[i]});
  }
  part.limits = sockets_limits(all);
  return part;
}

}  // namespace tuner
