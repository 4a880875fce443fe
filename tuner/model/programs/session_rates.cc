#include "model/programs/session_rates.h"

#include <algorithm>
#include <numeric>

namespace tuner {
namespace {

using Amount = std::optional<std::uint64_t>;

// The kernel's counters of a socket only grow; if one does not, nothing is known.
Amount difference(const Amount& now, const Amount& before) {
  if (!now || !before || *now < *before) return std::nullopt;
  return *now - *before;
}

std::uint64_t total(const SessionMoved& moved) {
  return moved.sent.value_or(0) + moved.received.value_or(0);
}

}  // namespace

std::vector<PathMoved> paths_moved(std::span<const ScannedSession> sessions,
                                   std::span<const SessionMoved> moved) {
  std::vector<PathMoved> rows;
  for (const auto& direction : kWords<SessionDirection>) {
    for (const auto& place : kWords<TlsPlace>) {
      PathMoved row{.direction = direction.value, .place = place.value, .sessions = 0, .bytes = {}};
      const bool sends = direction.value == SessionDirection::Tx;
      for (std::size_t i = 0; i < sessions.size(); ++i) {
        if ((sends ? sessions[i].tx : sessions[i].rx) != place.value) continue;
        ++row.sessions;
        const Amount& bytes = sends ? moved[i].sent : moved[i].received;
        if (bytes) row.bytes = row.bytes.value_or(0) + *bytes;
      }
      if (row.sessions > 0) rows.push_back(row);
    }
  }
  return rows;
}

std::optional<double> device_share(std::optional<std::uint64_t> kernel,
                                   std::optional<std::uint64_t> device) {
  if (!kernel || !device || *kernel + *device == 0) return std::nullopt;
  return static_cast<double>(*device) / static_cast<double>(*kernel + *device);
}

std::vector<std::size_t> busiest(std::span<const SessionMoved> moved, std::size_t most) {
  std::vector<std::size_t> order(moved.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return total(moved[i]) == 0; });
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(most, order.size()));
  std::partial_sort(order.begin(), end, order.end(), [&](std::size_t a, std::size_t b) {
    // Equal ones keep their order, or each look would show other ones.
    return total(moved[a]) != total(moved[b]) ? total(moved[a]) > total(moved[b]) : a < b;
  });
  order.erase(end, order.end());
  return order;
}

SessionMoved SessionKeeper::moved(const ScannedSession& session) const {
  if (!at_) return {};
  const auto was = before_.find(session.cookie);
  if (was != before_.end())
    return {difference(session.sent, was->second.sent),
            difference(session.received, was->second.received)};
  // A session that the earlier list did not have began meanwhile, so all its bytes are new; of a
  // list with gaps it may only have been missed.
  return complete_ ? SessionMoved{session.sent, session.received} : SessionMoved{};
}

std::vector<SessionMoved> SessionKeeper::next(std::span<const ScannedSession> sessions,
                                              bool complete, std::chrono::milliseconds at) {
  std::vector<SessionMoved> all;
  all.reserve(sessions.size());
  for (const ScannedSession& session : sessions) all.push_back(moved(session));
  before_.clear();
  for (const ScannedSession& session : sessions)
    before_[session.cookie] = {session.sent, session.received};
  complete_ = complete;
  elapsed_ = at_ ? std::optional(at - *at_) : std::nullopt;
  at_ = at;
  return all;
}

}  // namespace tuner
