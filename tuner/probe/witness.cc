#include "probe/witness.h"

#include <fmt/format.h>

#include <array>

namespace tuner {
namespace {

constexpr std::uint16_t kSoftware = 2;  // TLS_CONF_SW
constexpr std::uint16_t kHardware = 3;  // TLS_CONF_HW

bool in_kernel(std::uint16_t conf) {
  return conf == kSoftware || conf == kHardware;
}

struct Direction {
  std::string_view name;  // "transmit"
  std::string_view software;
  std::string_view device;
  bool EndEvidence::*said;
  std::uint16_t UlpAnswer::*conf;
};

constexpr Direction kTransmit{"transmit", "TlsTxSw", "TlsTxDevice", &EndEvidence::ktls_send,
                              &UlpAnswer::txconf};
constexpr Direction kReceive{"receive", "TlsRxSw", "TlsRxDevice", &EndEvidence::ktls_recv,
                             &UlpAnswer::rxconf};

bool anybody_in_kernel(const Evidence& e) {
  return e.server.ktls_send || e.server.ktls_recv || e.client.ktls_send || e.client.ktls_recv;
}

// Did diagnostics answer in a way that can be relied on? An empty name may be hiding something.
bool testifies(const EndEvidence& end, const Evidence& e) {
  return end.diagnostics && (!end.diagnostics->name.empty() || e.own_namespace);
}

std::string doubt_from_counters(const Evidence& e, const Direction& direction) {
  const std::int64_t said = (e.server.*direction.said ? 1 : 0) + (e.client.*direction.said ? 1 : 0);
  if (!e.counters) {
    if (said == 0) return {};
    return fmt::format("OpenSSL says kernel for {}, but there is no /proc/net/tls_stat",
                       direction.name);
  }
  const std::int64_t counted =
      moved(*e.counters, direction.software) + moved(*e.counters, direction.device);
  const bool agrees = e.own_namespace ? counted == said : counted >= said;
  if (agrees) return {};
  return fmt::format("{}: OpenSSL says {} of 2 ends in the kernel, {} and {} moved by {}",
                     direction.name, said, direction.software, direction.device, counted);
}

std::string doubt_from_diagnostics(const Evidence& e, const EndEvidence& end, std::string_view who,
                                   const Direction& direction) {
  if (!testifies(end, e)) return {};
  const std::uint16_t conf = (*end.diagnostics).*direction.conf;
  if (in_kernel(conf) == end.*direction.said) return {};
  return fmt::format("{} {}: OpenSSL says {}, socket diagnostics say {}", who, direction.name,
                     end.*direction.said ? "kernel" : "user space",
                     conf == 0 ? "nothing" : tls_info_conf(conf));
}

std::string doubt_about_keys(const Evidence& e, const EndEvidence& end, std::string_view who) {
  if (!end.diagnostics || end.diagnostics->version == 0) return {};
  const std::string version = tls_info_version(end.diagnostics->version);
  const std::string cipher = tls_info_cipher(end.diagnostics->cipher);
  if (version == tls_version_name(e.version) && cipher == tls_cipher_name(e.cipher)) return {};
  return fmt::format("{}: {} {} was agreed on, socket diagnostics say {} {}", who,
                     tls_version_name(e.version), tls_cipher_name(e.cipher), version, cipher);
}

// hw without a counter, or the reverse, in the own namespace.
std::string doubt_about_device(const Evidence& e, const Direction& direction) {
  if (!e.counters || !testifies(e.server, e) || !testifies(e.client, e)) return {};
  const auto hardware = [&](const EndEvidence& end) {
    return (*end.diagnostics).*direction.conf == kHardware ? 1 : 0;
  };
  const std::int64_t said = hardware(e.server) + hardware(e.client);
  const std::int64_t counted = moved(*e.counters, direction.device);
  if (e.own_namespace ? counted == said : counted >= said) return {};
  return fmt::format("{}: socket diagnostics say hw for {} of 2 ends, {} moved by {}",
                     direction.name, said, direction.device, counted);
}

// OpenSSL alone, with counters that others move too, would be a guess.
std::string doubt_for_want_of_witnesses(const Evidence& e) {
  if (!anybody_in_kernel(e) || e.own_namespace || testifies(e.server, e)) return {};
  return "no network namespace of its own, so others may have moved the counters, and socket "
         "diagnostics show nothing";
}

std::string first_doubt(const Evidence& e) {
  const std::array<std::string, 11> doubts = {
      doubt_from_counters(e, kTransmit),
      doubt_from_counters(e, kReceive),
      doubt_from_diagnostics(e, e.server, "server", kTransmit),
      doubt_from_diagnostics(e, e.server, "server", kReceive),
      doubt_from_diagnostics(e, e.client, "client", kTransmit),
      doubt_from_diagnostics(e, e.client, "client", kReceive),
      doubt_about_keys(e, e.server, "server"),
      doubt_about_keys(e, e.client, "client"),
      doubt_about_device(e, kTransmit),
      doubt_about_device(e, kReceive),
      doubt_for_want_of_witnesses(e),
  };
  for (const std::string& doubt : doubts) {
    if (!doubt.empty()) return doubt;
  }
  return {};
}

TlsPath path_of(const Evidence& e, const Direction& direction) {
  if (!(e.server.*direction.said)) return TlsPath::Userspace;
  const bool hardware =
      e.server.diagnostics && (*e.server.diagnostics).*direction.conf == kHardware;
  const bool counted = e.counters && moved(*e.counters, direction.device) > 0;
  return hardware && counted ? TlsPath::Device : TlsPath::Kernel;
}

// TlsDecryptError, Tls…RekeyError and whatever a later kernel adds by such a name.
std::string errors_counted(const Evidence& e) {
  if (!e.counters) return {};
  for (const auto& [name, count] : *e.counters) {
    if (count > 0 && name.find("Error") != std::string::npos) {
      return fmt::format("the kernel counted {} +{}", name, count);
    }
  }
  return {};
}

}  // namespace

Finding weigh(const Evidence& evidence) {
  Finding finding{.tx = path_of(evidence, kTransmit), .rx = path_of(evidence, kReceive)};
  finding.doubt = first_doubt(evidence);
  const std::string errors = errors_counted(evidence);
  if (evidence.own_namespace) {
    finding.broken = errors;
  } else if (finding.doubt.empty() && !errors.empty()) {
    finding.doubt = errors + ", and it may be another program's";
  }
  if (finding.doubt.empty() && anybody_in_kernel(evidence) &&
      !testifies(evidence.server, evidence)) {
    finding.remark = "socket diagnostics not available: OpenSSL and the counters agree";
  }
  return finding;
}

}  // namespace tuner
