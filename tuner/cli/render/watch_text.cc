#include "cli/output/amounts.h"
#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"
#include "cli/render/watch.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kHanging = 2;

// Sentences in lines that fit.
std::string said(const std::string& text, const Display& display) {
  return wrapped_lines(text, display.width, kHanging);
}

std::string seconds_text(milliseconds time) {
  return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
}

// "-": not known.
std::string bytes_rate(const SocketsPart& part, std::optional<std::uint64_t> bytes) {
  const auto rate = bytes_per_second(part, bytes);
  return rate ? size_text(static_cast<std::uint64_t>(*rate)) + "/s" : "-";
}

std::string share_text(std::optional<double> share) {
  return share ? fmt::format("{:.0f} %", 100 * *share) : "-";
}

Cell rate_cell(const SourceRates& rates, const CounterRate& counter) {
  switch (counter.state) {
    case RateState::First: return {"first look", Tint::Faint};
    case RateState::WentBack: return {"went backwards", Tint::Warning};
    case RateState::Reset: return {"was reset", Tint::Warning};
    case RateState::Vanished: return {"vanished", Tint::Warning};
    case RateState::Counted: break;
  }
  if (counter.kind == CounterKind::Gauge) return {"now", Tint::Faint};
  const auto rate = per_second(rates, counter);
  if (!rate) return {"-"};
  return {number_text(*rate) + "/s", *rate > 0 ? Tint::Changed : Tint::Faint};
}

std::string source_text(std::string_view name, const SourceRates& rates, const Display& display) {
  if (rates.state != SourceState::Read)
    return said(text_line("{}: {}: {}", name, word_of(rates.state), rates.because), display);
  if (rates.counters.empty()) return text_line("{}: it has no counters", name);
  Table table({std::string(name), "rate", "value"});
  for (const CounterRate& counter : rates.counters)
    table.add({{counter.name},
               rate_cell(rates, counter),
               {counter.value ? fmt::format("{}", *counter.value) : "-"}});
  std::string text = table.text(display);
  for (const std::string& note : rate_notes(rates)) text += said(text_line("{}", note), display);
  return text;
}

std::string shares_text(const WatchReport& report) {
  std::string text;
  for (const auto& direction : kWords<SessionDirection>) {
    const OffloadedShare share = offloaded_share(report, direction.value);
    text += text_line("offloaded to NICs, {}: {} of sessions, {} of bytes", direction.word,
                      share_text(share.sessions), share_text(share.bytes));
  }
  return text;
}

std::string paths_text(const SocketsPart& part, const Display& display) {
  Table table({"direction", "processed by", "sessions", "bytes"});
  for (const PathMoved& path : part.paths)
    table.add({{std::string(word_of(path.direction))},
               {path.place == TlsPlace::None ? "program" : std::string(word_of(path.place)),
                is_covered(path.place) ? Tint::Good : Tint::Faint},
               {fmt::format("{}", path.sessions)},
               {bytes_rate(part, path.bytes)}});
  return table.empty() ? "" : table.text(display);
}

std::string services_text(const SocketsPart& part, const Display& display) {
  Table table(
      {"service", "sessions", "eligible", "in kernel or NIC", "in NIC", "sent", "received"});
  for (const ServiceMoved& service : part.services) {
    const TlsCoverage& row = service.coverage;
    table.add({{row.name.empty() ? "unknown" : row.name},
               {fmt::format("{}", row.sessions)},
               {fmt::format("{}", row.eligible_sessions)},
               {fmt::format("{}, {}", row.covered_sessions,
                            percent_text(row.covered_sessions, row.eligible_sessions))},
               {fmt::format("{}", row.device_sessions)},
               {bytes_rate(part, service.sent)},
               {bytes_rate(part, service.received)}});
  }
  return table.empty() ? "" : table.text(display);
}

std::string busiest_text(const SocketsPart& part, const Display& display) {
  Table table({"busiest sockets", "tx", "rx", "sent", "received", "local", "peer"});
  for (const BusySocket& socket : part.busiest)
    table.add({{socket.owner},
               {std::string(word_of(socket.tx))},
               {std::string(word_of(socket.rx))},
               {bytes_rate(part, socket.moved.sent)},
               {bytes_rate(part, socket.moved.received)},
               {socket.local},
               {socket.peer}});
  return table.empty() ? "" : table.text(display);
}

// What does not change from look to look.
std::string about_scan(const SocketsPart& part, milliseconds now) {
  return text_line("sockets: as of {} ago, every {}, since a scan takes {} of CPU time{}",
                   seconds_text(now - part.at), seconds_text(part.every), seconds_text(part.cost),
                   part.elapsed ? "" : "; rates with the next scan");
}

std::string sockets_part_text(const WatchReport& report, const Display& display) {
  if (!report.sockets) return "sockets: not scanned yet\n";
  const SocketsPart& part = *report.sockets;
  if (!part.seen) {
    std::string text;
    for (const Error& error : part.errors) text += text_line("sockets: {}", error.text);
    return said(text, display);
  }
  std::string text = said(about_scan(part, report.at), display);
  if (part.services.empty()) return text + "no TCP connection has the kernel's TLS\n";
  for (const std::string& table :
       {paths_text(part, display), services_text(part, display), busiest_text(part, display)})
    if (!table.empty()) text += "\n" + table;
  for (const std::string& limit : part.limits) text += said(text_line("{}", limit), display);
  return text;
}

}  // namespace

std::string watch_text(const WatchReport& report, const Display& display) {
  std::string text = shares_text(report) + "\n";
  text += source_text("/proc/net/tls_stat", report.kernel, display);
  for (const NicRates& nic : report.nics) text += "\n" + source_text(nic.name, nic.rates, display);
  if (report.nics.empty()) text += "\nno NIC here counts anything about TLS\n";
  text += "\n" + sockets_part_text(report, display);
  for (const Error& error : report.errors)
    text += said(text_line("unknown: {}", error.text), display);
  return text;
}

}  // namespace tuner
