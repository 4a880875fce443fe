#include "probe/own_witness.h"

#include "base/text.h"
#include "probe/testimony.h"

#include <fmt/format.h>

#include <array>
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

std::string doubt_from_counters(const OwnEvidence& e, const Testimony& direction) {
  if (!(e.end.*direction.said)) return {};
  if (!e.counters) {
    return fmt::format("OpenSSL says kernel for {}, but there is no /proc/net/tls_stat",
                       direction.name);
  }
  if (moved(*e.counters, direction.software) + moved(*e.counters, direction.device) > 0) return {};
  return fmt::format("{}: OpenSSL says kernel, and neither {} nor {} moved", direction.name,
                     direction.software, direction.device);
}

std::string doubt_from_answer(const OwnEvidence& e, const Testimony& direction) {
  return testifies(e) ? doubt_from_diagnostics(e.end, direction) : "";
}

// The driver's word on a connection that the kernel says is in the NIC; empty: it agrees.
std::string doubt_from_driver(const OwnEvidence& e, const Testimony& direction) {
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

std::string doubt_about_device(const OwnEvidence& e, const Testimony& direction) {
  if (!is_hardware(e.end, direction) || !e.counters) return {};
  if (moved(*e.counters, direction.device) <= 0) {
    return fmt::format("{}: socket diagnostics say hw, and {} did not move", direction.name,
                       direction.device);
  }
  return doubt_from_driver(e, direction);
}

// OpenSSL alone, with counters that others move too, would be a guess.
std::string doubt_for_want_of_witnesses(const OwnEvidence& e) {
  if ((!e.end.ktls_send && !e.end.ktls_recv) || testifies(e)) return {};
  return "others may have moved the counters, and socket diagnostics show nothing (before Linux "
         "6.15 they need CAP_NET_ADMIN)";
}

std::string doubt_about(const OwnEvidence& e) {
  const std::array<std::string, 8> doubts = {
      doubt_from_counters(e, kTransmit),
      doubt_from_counters(e, kReceive),
      doubt_from_answer(e, kTransmit),
      doubt_from_answer(e, kReceive),
      doubt_about_keys(e.end, e.version, e.cipher),
      doubt_about_device(e, kTransmit),
      doubt_about_device(e, kReceive),
      doubt_for_want_of_witnesses(e),
  };
  return first_doubt(doubts);
}

TlsPath path_of(const OwnEvidence& e, const Testimony& direction) {
  if (!(e.end.*direction.said)) return TlsPath::Userspace;
  const bool device = is_hardware(e.end, direction) && e.counters &&
                      moved(*e.counters, direction.device) > 0 &&
                      doubt_from_driver(e, direction).empty();
  return device ? TlsPath::Device : TlsPath::Kernel;
}

// What the driver could not or did not quite say of a device path.
void add_remarks(const OwnEvidence& e, const Testimony& direction,
                 std::vector<std::string>& remarks) {
  if (path_of(e, direction) != TlsPath::Device) return;
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
  Finding finding{.tx = path_of(evidence, kTransmit), .rx = path_of(evidence, kReceive)};
  finding.doubt = doubt_about(evidence);
  // In a namespace with others it may be theirs, so it breaks nothing.
  const std::string errors = errors_counted(evidence.counters);
  if (finding.doubt.empty() && !errors.empty())
    finding.doubt = errors + ", and it may be another program's";
  std::vector<std::string> remarks;
  add_remarks(evidence, kTransmit, remarks);
  add_remarks(evidence, kReceive, remarks);
  const bool device = finding.tx == TlsPath::Device || finding.rx == TlsPath::Device;
  const std::string trouble = evidence.driver ? trouble_counted(*evidence.driver) : "";
  if (device && !trouble.empty()) {
    remarks.push_back(fmt::format("{} counted {}", evidence.interface, trouble));
  }
  finding.remark = join(remarks, "; ");
  return finding;
}

}  // namespace tuner
