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

// Record headers and tags come on top of the payload; what a driver leaves out of its count at the
// edges may be this much, and is no doubt.
constexpr std::uint64_t kPercentOfPayload = 98;

// An empty name is "none" or "hidden".
bool testifies(const OwnEvidence& e) {
  return e.end.diagnostics && !e.end.diagnostics->name.empty();
}

std::string doubt_from_counters(const OwnEvidence& e, const EvidenceSource& direction) {
  if (!(e.end.*direction.said)) return {};
  if (!e.counters) {
    return fmt::format("OpenSSL says kernel for {}, but there is no /proc/net/tls_stat",
                       direction.name);
  }
  if (moved(*e.counters, direction.software) + moved(*e.counters, direction.device) > 0) return {};
  return fmt::format("{}: OpenSSL says kernel, and neither {} nor {} moved", direction.name,
                     direction.software, direction.device);
}

std::string doubt_from_answer(const OwnEvidence& e, const EvidenceSource& direction) {
  return testifies(e) ? doubt_from_diagnostics(e.end, direction) : "";
}

// The driver's word on a connection that the kernel says is in the NIC; empty: it agrees.
std::string doubt_from_driver(const OwnEvidence& e, const EvidenceSource& direction) {
  if (!e.driver) return {};
  const auto packets = moved(*e.driver, direction.direction, Kind::Packets);
  if (packets && *packets <= 0) {
    return fmt::format("{}: socket diagnostics say hw, and {} {} no packet", direction.name,
                       e.interface, direction.by_driver);
  }
  const auto bytes = moved(*e.driver, direction.direction, Kind::Bytes);
  // No payload is that small: whatever such a counter counts, it is no bytes.
  if (packets && bytes && *bytes <= *packets) {
    return fmt::format(
        "{}: socket diagnostics say hw, and {} {} {} bytes in {} packets, so its "
        "counters prove nothing",
        direction.name, e.interface, direction.by_driver, *bytes, *packets);
  }
  if (!bytes || direction.direction == TlsDirection::Rx) return {};
  const auto wanted = static_cast<std::int64_t>(e.bytes_each_way * kPercentOfPayload / 100);
  if (*bytes >= wanted) return {};
  return fmt::format("{}: socket diagnostics say hw, and {} {} {} bytes of {}", direction.name,
                     e.interface, direction.by_driver, *bytes, e.bytes_each_way);
}

std::string doubt_about_device(const OwnEvidence& e, const EvidenceSource& direction) {
  if (!is_hardware(e.end, direction) || !e.counters) return {};
  if (moved(*e.counters, direction.device) <= 0) {
    return fmt::format("{}: socket diagnostics say hw, and {} did not move", direction.name,
                       direction.device);
  }
  return doubt_from_driver(e, direction);
}

// OpenSSL alone, with counters that others move too, would be a guess.
std::string doubt_for_want_of_sources(const OwnEvidence& e, const EvidenceSource& direction) {
  if (!(e.end.*direction.said) || testifies(e)) return {};
  return "others may have moved the counters, and socket diagnostics show nothing (before Linux "
         "6.15 they need CAP_NET_ADMIN)";
}

// In a namespace with others it may be theirs, so it breaks nothing; where this end is not in the
// kernel it is theirs.
std::string doubt_from_errors(const OwnEvidence& e, const EvidenceSource& direction) {
  if (!(e.end.*direction.said)) return {};
  const std::string errors = errors_counted(e.counters);
  return errors.empty() ? "" : errors + ", and it may be another program's";
}

std::string doubt_about(const OwnEvidence& e, const EvidenceSource& direction) {
  const std::array<std::string, 6> doubts = {
      doubt_from_counters(e, direction),
      doubt_from_answer(e, direction),
      doubt_about_keys(e.end, e.version, e.cipher),
      doubt_about_device(e, direction),
      doubt_for_want_of_sources(e, direction),
      doubt_from_errors(e, direction),
  };
  return first_doubt(doubts);
}

TlsPath path_of(const OwnEvidence& e, const EvidenceSource& direction) {
  if (!(e.end.*direction.said)) return TlsPath::Userspace;
  const bool device = is_hardware(e.end, direction) && e.counters &&
                      moved(*e.counters, direction.device) > 0 &&
                      doubt_from_driver(e, direction).empty();
  return device ? TlsPath::Device : TlsPath::Kernel;
}

// What the driver could not or did not quite say of a device path.
void add_remarks(const OwnEvidence& e, const EvidenceSource& direction, const PathFinding& found,
                 std::vector<std::string>& remarks) {
  if (found != TlsPath::Device) return;
  const bool counts = e.driver && moved(*e.driver, direction.direction, Kind::Packets);
  if (!counts) {
    remarks.push_back(
        fmt::format("{}: the driver of {} does not count {} packets, so three "
                    "witnesses agree and there is no fourth",
                    direction.name, e.interface, direction.by_driver));
    return;
  }
  const auto bytes = moved(*e.driver, direction.direction, Kind::Bytes);
  if (bytes && *bytes < static_cast<std::int64_t>(e.bytes_each_way)) {
    remarks.push_back(
        fmt::format("{}: {} {} {} bytes of {}, software the rest, as after loss or "
                    "reordering",
                    direction.name, e.interface, direction.by_driver, *bytes, e.bytes_each_way));
  }
}

}  // namespace

Finding weigh_own(const OwnEvidence& evidence) {
  const auto find = [&](const EvidenceSource& direction) {
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
