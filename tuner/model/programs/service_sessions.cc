#include "model/programs/service_sessions.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <span>

namespace tuner {
namespace {

// Of one direction. Eligible is a property of the session: a direction that is not covered of a
// session that is covered could have been, too.
SessionPath path_of(TlsPlace place, bool eligible) {
  switch (place) {
    case TlsPlace::Kernel: return SessionPath::Kernel;
    case TlsPlace::Device: return SessionPath::Device;
    case TlsPlace::Unknown: return SessionPath::Unknown;
    case TlsPlace::None: break;
  }
  return eligible ? SessionPath::None : SessionPath::Cannot;
}

bool is_eligible(const TlsShare& session) {
  return session.eligible || is_covered(session.tx) || is_covered(session.rx);
}

void add(const TlsShare& session, ServiceSessions& row) {
  const bool eligible = is_eligible(session);
  ++row.of(session_path(session)).sessions;
  row.of(path_of(session.tx, eligible)).bytes += session.sent;
  row.of(path_of(session.rx, eligible)).bytes += session.received;
  row.bytes_reported = row.bytes_reported && session.bytes_reported;
}

void add(const ServiceSessions& from, ServiceSessions& to) {
  for (std::size_t i = 0; i < to.by_path.size(); ++i) {
    to.by_path[i].sessions += from.by_path[i].sessions;
    to.by_path[i].bytes += from.by_path[i].bytes;
  }
  to.bytes_reported = to.bytes_reported && from.bytes_reported;
}

}  // namespace

SessionPath session_path(const TlsShare& session) {
  const auto has = [&](TlsPlace place) { return session.tx == place || session.rx == place; };
  for (const TlsPlace place : {TlsPlace::Device, TlsPlace::Kernel, TlsPlace::Unknown}) {
    if (has(place)) return path_of(place, true);
  }
  return path_of(TlsPlace::None, session.eligible);
}

std::uint64_t ServiceSessions::sessions() const {
  return std::accumulate(
      by_path.begin(), by_path.end(), std::uint64_t{0},
      [](std::uint64_t sum, const PathCount& one) { return sum + one.sessions; });
}

std::vector<ServiceSessions> service_sessions(std::span<const TlsShare> sessions,
                                              std::size_t most) {
  std::map<std::string_view, ServiceSessions> by_name;
  for (const TlsShare& session : sessions) add(session, by_name[session.name]);
  std::vector<ServiceSessions> rows;
  for (auto& [name, row] : by_name) {
    row.service = name;
    rows.push_back(std::move(row));
  }
  std::ranges::stable_sort(rows, std::ranges::greater{}, &ServiceSessions::sessions);
  ServiceSessions other{.service = std::string(kOtherServices)};
  // The busiest by name, all others in one row: so the number of rows has a limit, and the sums
  // stay.
  const std::size_t kept = std::min(rows.size(), most);
  for (const ServiceSessions& row : std::span(rows).subspan(kept)) add(row, other);
  rows.resize(kept);
  std::ranges::sort(rows, {}, &ServiceSessions::service);
  if (other.sessions() > 0) rows.push_back(std::move(other));
  return rows;
}

}  // namespace tuner
