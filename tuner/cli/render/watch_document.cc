#include "cli/render/watch.h"

#include <cstdint>

namespace tuner {
namespace {

using document::or_null;
using document::word;
using std::chrono::milliseconds;

// Three digits behind the point: a rate is an average of seconds. Rates are not negative, and
// below 2^53 / 2000; std::round() would be the program's only use of libm, a file to load at each
// start.
double rounded(double number) {
  const auto twice = static_cast<std::int64_t>(number * 2000);
  const std::int64_t thousandths = (twice + 1) / 2;
  return static_cast<double>(thousandths) / 1000;
}

std::optional<double> rounded(std::optional<double> number) {
  return number ? std::optional(rounded(*number)) : std::nullopt;
}

std::optional<std::int64_t> count_of(std::optional<milliseconds> time) {
  return time ? std::optional<std::int64_t>(time->count()) : std::nullopt;
}

document::WatchSource source_document(std::string_view nic, const SourceRates& rates) {
  document::WatchSource source{.nic = or_null(nic),
                               .state = word(rates.state),
                               .because = or_null(rates.because),
                               .elapsed_ms = count_of(rates.elapsed),
                               .counters = {}};
  for (const CounterRate& counter : rates.counters)
    source.counters.push_back({.name = counter.name,
                               .kind = word(counter.kind),
                               .state = word(counter.state),
                               .value = counter.value,
                               .moved = counter.moved,
                               .per_second = rounded(per_second(rates, counter))});
  return source;
}

document::WatchSessions watched_sessions(const SocketsPart& part, milliseconds now) {
  const auto rate = [&](std::optional<std::uint64_t> bytes) {
    return rounded(bytes_per_second(part, bytes));
  };
  document::WatchSessions sessions{.seen = part.seen,
                                   .age_ms = (now - part.at).count(),
                                   .every_ms = part.every.count(),
                                   .cpu_ms = part.cost.count(),
                                   .elapsed_ms = count_of(part.elapsed),
                                   .paths = {},
                                   .services = {},
                                   .busiest = {},
                                   .limits = part.limits};
  for (const PathMoved& path : part.paths)
    sessions.paths.push_back({.direction = word(path.direction),
                              .place = word(path.place),
                              .sessions = path.sessions,
                              .bytes = path.bytes,
                              .bytes_per_second = rate(path.bytes)});
  for (const ServiceMoved& service : part.services)
    sessions.services.push_back({.name = service.coverage.name,
                                 .sessions = service.coverage.sessions,
                                 .eligible_sessions = service.coverage.eligible_sessions,
                                 .covered_sessions = service.coverage.covered_sessions,
                                 .device_sessions = service.coverage.device_sessions,
                                 .sent_per_second = rate(service.sent),
                                 .received_per_second = rate(service.received)});
  for (const BusySocket& socket : part.busiest)
    sessions.busiest.push_back({.owner = socket.owner,
                                .local = socket.local,
                                .peer = socket.peer,
                                .tx = word(socket.tx),
                                .rx = word(socket.rx),
                                .sent_per_second = rate(socket.moved.sent),
                                .received_per_second = rate(socket.moved.received)});
  return sessions;
}

std::optional<std::uint64_t> gauge(const WatchReport& report, std::string_view name) {
  const CounterRate* const found = find_rate(report.kernel, name);
  return found == nullptr ? std::nullopt : found->value;
}

// Once it was scanned, a direction without sessions at a place moved no bytes there.
std::optional<std::uint64_t> moved_at(const SocketsPart& part, SessionDirection direction,
                                      TlsPlace place) {
  for (const PathMoved& path : part.paths)
    if (path.direction == direction && path.place == place) return path.bytes;
  return part.elapsed ? std::optional<std::uint64_t>(0) : std::nullopt;
}

}  // namespace

std::optional<double> bytes_per_second(const SocketsPart& part,
                                       std::optional<std::uint64_t> bytes) {
  if (!bytes || !part.elapsed || part.elapsed->count() <= 0) return std::nullopt;
  return static_cast<double>(*bytes) * 1000 / static_cast<double>(part.elapsed->count());
}

OffloadedShare offloaded_share(const WatchReport& report, SessionDirection direction) {
  const bool sends = direction == SessionDirection::Tx;
  OffloadedShare share{
      .sessions = device_share(gauge(report, sends ? "TlsCurrTxSw" : "TlsCurrRxSw"),
                               gauge(report, sends ? "TlsCurrTxDevice" : "TlsCurrRxDevice")),
      .bytes = {}};
  if (report.sockets && report.sockets->seen)
    share.bytes = device_share(moved_at(*report.sockets, direction, TlsPlace::Kernel),
                               moved_at(*report.sockets, direction, TlsPlace::Device));
  return share;
}

document::Watch watch_document(const WatchReport& report) {
  document::Watch body{.interval_ms = report.interval.count(),
                       .kernel = source_document({}, report.kernel),
                       .nics = {},
                       .nics_without = report.nics_without,
                       .offloaded = {},
                       .sessions = {}};
  for (const NicRates& nic : report.nics) body.nics.push_back(source_document(nic.name, nic.rates));
  for (const auto& direction : kWords<SessionDirection>) {
    const OffloadedShare share = offloaded_share(report, direction.value);
    body.offloaded.push_back({.direction = std::string(direction.word),
                              .sessions = rounded(share.sessions),
                              .bytes = rounded(share.bytes)});
  }
  if (report.sockets) body.sessions = watched_sessions(*report.sockets, report.at);
  return body;
}

}  // namespace tuner
