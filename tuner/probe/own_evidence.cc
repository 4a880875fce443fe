#include "probe/own_evidence.h"

#include "base/text.h"
#include "probe/evidence_sources.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <vector>

namespace tuner {
namespace {

using Kind = TlsStatistic::Kind;

// Record headers and tags come on top of the payload, so a complete count exceeds it. A driver may
// leave out this little at the start and end of a connection.
constexpr std::uint64_t kPercentOfPayload = 98;

// An empty ULP name means that there is none, or that it is hidden from us.
bool diagnostics_usable(const OwnEvidence& e) {
  return e.end.diagnostics && !e.end.diagnostics->name.empty();
}

// At least one session and not exactly one: across the wire the namespace is shared with every
// other program of the host.
std::string doubt_from_counters(const OwnEvidence& e, const EvidenceDirection& direction) {
  if (!(e.end.*direction.said)) return {};
  if (!e.counters) {
    return fmt::format("OpenSSL says kernel for {}, but {}", direction.name, e.why_no_counters);
  }
  if (moved(*e.counters, direction.software) + moved(*e.counters, direction.device) > 0) return {};
  return fmt::format("{}: OpenSSL says kernel, and neither {} nor {} moved", direction.name,
                     direction.software, direction.device);
}

std::string doubt_from_ulp(const OwnEvidence& e, const EvidenceDirection& direction) {
  return diagnostics_usable(e) ? doubt_from_diagnostics(e.end, direction) : "";
}

// How the driver's counters contradict a connection that is in the NIC according to socket
// diagnostics; empty: they agree.
// The only source that the kernel's TLS code does not write. A driver that accepts a key and lets
// the host encrypt is found only here.
std::string doubt_from_driver(const OwnEvidence& e, const EvidenceDirection& direction) {
  if (!e.driver) return {};
  const auto packets = moved(*e.driver, direction.direction, Kind::Packets);
  if (packets && *packets <= 0) {
    return fmt::format("{}: socket diagnostics say hw, and {} {} no packet", direction.name,
                       e.interface, direction.by_driver);
  }
  const auto bytes = moved(*e.driver, direction.direction, Kind::Bytes);
  // A packet has more than one byte of payload, so this counter does not count bytes.
  if (packets && bytes && *bytes <= *packets) {
    return fmt::format(
        "{}: socket diagnostics say hw, and {} {} {} bytes in {} packets, so its "
        "counters prove nothing",
        direction.name, e.interface, direction.by_driver, *bytes, *packets);
  }
  // On receive, packets that arrive out of order are decrypted by software until the NIC is in step
  // again (Documentation/networking/tls-offload.rst), so a smaller count is no contradiction.
  if (!bytes || direction.direction == TlsDirection::Rx) return {};
  const auto wanted = static_cast<std::int64_t>(e.bytes_each_way * kPercentOfPayload / 100);
  if (*bytes >= wanted) return {};
  return fmt::format("{}: socket diagnostics say hw, and {} {} {} bytes of {}", direction.name,
                     e.interface, direction.by_driver, *bytes, e.bytes_each_way);
}

std::string doubt_about_device(const OwnEvidence& e, const EvidenceDirection& direction) {
  if (!is_hardware(e.end, direction) || !e.counters) return {};
  if (moved(*e.counters, direction.device) <= 0) {
    return fmt::format("{}: socket diagnostics say hw, and {} did not move", direction.name,
                       direction.device);
  }
  return doubt_from_driver(e, direction);
}

// OpenSSL alone does not prove a kernel path where other programs change the counters.
std::string doubt_from_missing_source(const OwnEvidence& e, const EvidenceDirection& direction) {
  if (!(e.end.*direction.said) || diagnostics_usable(e)) return {};
  return "other programs may have moved the counters, and socket diagnostics show no ULP (before "
         "Linux 6.15 that needs CAP_NET_ADMIN)";
}

// In a shared namespace the error may belong to another program, so it does not fail the cell. If
// this end does not use kernel TLS in this direction, the error certainly does.
std::string doubt_from_errors(const OwnEvidence& e, const EvidenceDirection& direction) {
  if (!(e.end.*direction.said)) return {};
  const std::string errors = errors_counted(e.counters);
  return errors.empty() ? "" : errors + ", which may be another program's";
}

std::string doubt_about(const OwnEvidence& e, const EvidenceDirection& direction) {
  const std::array<std::string, 6> doubts = {
      doubt_from_counters(e, direction),
      doubt_from_ulp(e, direction),
      doubt_about_keys(e.end, e.version, e.cipher),
      doubt_about_device(e, direction),
      doubt_from_missing_source(e, direction),
      doubt_from_errors(e, direction),
  };
  return first_doubt(doubts);
}

TlsPath path_of(const OwnEvidence& e, const EvidenceDirection& direction) {
  if (!(e.end.*direction.said)) return TlsPath::Userspace;
  const bool device = is_hardware(e.end, direction) && e.counters &&
                      moved(*e.counters, direction.device) > 0 &&
                      doubt_from_driver(e, direction).empty();
  return device ? TlsPath::Device : TlsPath::Kernel;
}

// For a device path: the driver's counters are missing, or cover only part of the payload.
void add_remarks(const OwnEvidence& e, const EvidenceDirection& direction, const PathFinding& found,
                 std::vector<std::string>& remarks) {
  if (found != TlsPath::Device) return;
  const bool counts = e.driver && moved(*e.driver, direction.direction, Kind::Packets);
  if (!counts) {
    remarks.push_back(
        fmt::format("{}: the driver of {} does not count {} packets; the other three "
                    "sources agree",
                    direction.name, e.interface, direction.by_driver));
    return;
  }
  const auto bytes = moved(*e.driver, direction.direction, Kind::Bytes);
  if (bytes && *bytes < static_cast<std::int64_t>(e.bytes_each_way)) {
    remarks.push_back(
        fmt::format("{}: {} {} {} bytes of {} and software did the rest, as after loss or "
                    "reordering",
                    direction.name, e.interface, direction.by_driver, *bytes, e.bytes_each_way));
  }
}

}  // namespace

Finding weigh_own(const OwnEvidence& evidence) {
  const auto find = [&](const EvidenceDirection& direction) {
    return settled(path_of(evidence, direction), doubt_about(evidence, direction));
  };
  Finding finding{.tx = find(kTransmit), .rx = find(kReceive)};
  const std::span<const EndEvidence> ends(&evidence.end, 1);
  finding.by_others = moved_by_others(evidence.counters, ends);
  std::vector<std::string> remarks;
  add_remarks(evidence, kTransmit, finding.tx, remarks);
  add_remarks(evidence, kReceive, finding.rx, remarks);
  const bool device = finding.tx == TlsPath::Device || finding.rx == TlsPath::Device;
  const std::string trouble = evidence.driver ? trouble_counted(*evidence.driver) : "";
  if (device && !trouble.empty()) {
    remarks.push_back(fmt::format("{} counted {}", evidence.interface, trouble));
  }
  const std::string shared = shared_remark(finding.by_others, ends);
  if (!shared.empty()) remarks.push_back(shared);
  finding.remark = join(remarks, "; ");
  return finding;
}

}  // namespace tuner
