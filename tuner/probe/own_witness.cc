#include "probe/own_witness.h"

#include "base/text.h"

#include <fmt/format.h>

#include <array>
#include <vector>

namespace tuner {
namespace {

using Kind = TlsStatistic::Kind;

constexpr std::uint16_t kSoftware = 2;  // TLS_CONF_SW
constexpr std::uint16_t kHardware = 3;  // TLS_CONF_HW

// Record headers and tags come on top of the payload; what a driver leaves out of its count at the
// edges may be this much, and is no doubt.
constexpr std::uint64_t kPercentOfPayload = 98;

struct Direction {
  std::string_view name;
  std::string_view software;
  std::string_view device;
  std::string_view by_driver;
  TlsDirection direction;
  bool EndEvidence::*said;
  std::uint16_t UlpAnswer::*conf;
};

constexpr Direction kTransmit{"transmit",        "TlsTxSw",        "TlsTxDevice",
                              "encrypted",       TlsDirection::Tx, &EndEvidence::ktls_send,
                              &UlpAnswer::txconf};
constexpr Direction kReceive{"receive",         "TlsRxSw",        "TlsRxDevice",
                             "decrypted",       TlsDirection::Rx, &EndEvidence::ktls_recv,
                             &UlpAnswer::rxconf};

std::uint16_t conf_of(const OwnEvidence& e, const Direction& direction) {
  return e.end.diagnostics ? (*e.end.diagnostics).*direction.conf : std::uint16_t{0};
}

bool is_hardware(const OwnEvidence& e, const Direction& direction) {
  return conf_of(e, direction) == kHardware;
}

bool in_kernel(std::uint16_t conf) {
  return conf == kSoftware || conf == kHardware;
}

// An empty name is "none" or "hidden".
bool testifies(const OwnEvidence& e) {
  return e.end.diagnostics && !e.end.diagnostics->name.empty();
}

std::string doubt_from_counters(const OwnEvidence& e, const Direction& direction) {
  if (!(e.end.*direction.said)) return {};
  if (!e.counters) {
    return fmt::format("OpenSSL says kernel for {}, but there is no /proc/net/tls_stat",
                       direction.name);
  }
  if (moved(*e.counters, direction.software) + moved(*e.counters, direction.device) > 0) return {};
  return fmt::format("{}: OpenSSL says kernel, and neither {} nor {} moved", direction.name,
                     direction.software, direction.device);
}

std::string doubt_from_diagnostics(const OwnEvidence& e, const Direction& direction) {
  if (!testifies(e)) return {};
  const std::uint16_t conf = conf_of(e, direction);
  if (in_kernel(conf) == e.end.*direction.said) return {};
  return fmt::format("{}: OpenSSL says {}, socket diagnostics say {}", direction.name,
                     e.end.*direction.said ? "kernel" : "user space",
                     conf == 0 ? "nothing" : tls_info_conf(conf));
}

std::string doubt_about_keys(const OwnEvidence& e) {
  if (!e.end.diagnostics || e.end.diagnostics->version == 0) return {};
  const std::string version = tls_info_version(e.end.diagnostics->version);
  const std::string cipher = tls_info_cipher(e.end.diagnostics->cipher);
  if (version == tls_version_name(e.version) && cipher == tls_cipher_name(e.cipher)) return {};
  return fmt::format("{} {} was agreed on, socket diagnostics say {} {}",
                     tls_version_name(e.version), tls_cipher_name(e.cipher), version, cipher);
}

// The driver's word on a connection that the kernel says is in the NIC; empty: it agrees.
std::string doubt_from_driver(const OwnEvidence& e, const Direction& direction) {
  if (!e.driver) return {};
  const auto packets = moved(*e.driver, direction.direction, Kind::Packets);
  if (packets && *packets <= 0) {
    return fmt::format("{}: socket diagnostics say hw, and {} {} no packet", direction.name,
                       e.interface, direction.by_driver);
  }
  const auto bytes = moved(*e.driver, direction.direction, Kind::Bytes);
  if (!bytes || direction.direction == TlsDirection::Rx) return {};
  const auto wanted = static_cast<std::int64_t>(e.bytes_each_way * kPercentOfPayload / 100);
  if (*bytes >= wanted) return {};
  return fmt::format("{}: socket diagnostics say hw, and {} {} {} bytes of {}", direction.name,
                     e.interface, direction.by_driver, *bytes, e.bytes_each_way);
}

std::string doubt_about_device(const OwnEvidence& e, const Direction& direction) {
  if (!is_hardware(e, direction) || !e.counters) return {};
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

std::string first_doubt(const OwnEvidence& e) {
  const std::array<std::string, 8> doubts = {
      doubt_from_counters(e, kTransmit),
      doubt_from_counters(e, kReceive),
      doubt_from_diagnostics(e, kTransmit),
      doubt_from_diagnostics(e, kReceive),
      doubt_about_keys(e),
      doubt_about_device(e, kTransmit),
      doubt_about_device(e, kReceive),
      doubt_for_want_of_witnesses(e),
  };
  for (const std::string& doubt : doubts) {
    if (!doubt.empty()) return doubt;
  }
  return {};
}

TlsPath path_of(const OwnEvidence& e, const Direction& direction) {
  if (!(e.end.*direction.said)) return TlsPath::Userspace;
  const bool device = is_hardware(e, direction) && e.counters &&
                      moved(*e.counters, direction.device) > 0 &&
                      doubt_from_driver(e, direction).empty();
  return device ? TlsPath::Device : TlsPath::Kernel;
}

// What the driver could not or did not quite say of a device path.
void add_remarks(const OwnEvidence& e, const Direction& direction,
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

// In a namespace with others it may be theirs, so it breaks nothing.
std::string foreign_trouble(const OwnEvidence& e) {
  if (!e.counters) return {};
  for (const auto& [name, count] : *e.counters) {
    if (count > 0 && name.find("Error") != std::string::npos) {
      return fmt::format("the kernel counted {} +{}, and it may be another program's", name, count);
    }
  }
  return {};
}

}  // namespace

Finding weigh_own(const OwnEvidence& evidence) {
  Finding finding{.tx = path_of(evidence, kTransmit), .rx = path_of(evidence, kReceive)};
  finding.doubt = first_doubt(evidence);
  if (finding.doubt.empty()) finding.doubt = foreign_trouble(evidence);
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
