#include "probe/evidence_sources.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tuner {
namespace {

// include/uapi/linux/tls.h: 1 is TLS_CONF_BASE, a ULP without a key in this direction.
constexpr std::uint16_t kSoftware = 2;  // TLS_CONF_SW
constexpr std::uint16_t kHardware = 3;  // TLS_CONF_HW

}  // namespace

bool is_hardware(const EndEvidence& end, const EvidenceDirection& direction) {
  return end.diagnostics && (*end.diagnostics).*direction.conf == kHardware;
}

std::string doubt_from_diagnostics(const EndEvidence& end, const EvidenceDirection& direction) {
  if (!end.diagnostics) return {};
  const std::uint16_t conf = (*end.diagnostics).*direction.conf;
  const bool in_kernel = conf == kSoftware || conf == kHardware;
  if (in_kernel == end.*direction.said) return {};
  return fmt::format("{}: OpenSSL says {}, socket diagnostics say {}", direction.name,
                     end.*direction.said ? "kernel" : "user space",
                     conf == 0 ? "nothing" : tls_info_conf(conf));
}

std::string doubt_about_keys(const EndEvidence& end, TlsVersion version, TlsCipher cipher) {
  // The kernel leaves version and cipher out while no key is set (net/tls/tls_main.c,
  // tls_get_info()).
  if (!end.diagnostics || end.diagnostics->version == 0) return {};
  const std::string said_version = tls_info_version(end.diagnostics->version);
  const std::string said_cipher = tls_info_cipher(end.diagnostics->cipher);
  if (said_version == tls_version_name(version) && said_cipher == tls_cipher_name(cipher))
    return {};
  return fmt::format("{} {} was agreed on, socket diagnostics say {} {}", tls_version_name(version),
                     tls_cipher_name(cipher), said_version, said_cipher);
}

// TlsDecryptError, TlsRxRekeyError and so on: by the name's part, so errors of later kernels count
// too.
std::string errors_counted(const std::optional<TlsStatDelta>& counters) {
  if (!counters) return {};
  for (const auto& [name, count] : *counters) {
    if (count > 0 && name.find("Error") != std::string::npos)
      return fmt::format("the kernel counted {} +{}", name, count);
  }
  return {};
}

PathFinding settled(TlsPath path, std::string doubt) {
  return doubt.empty() ? PathFinding(path) : PathFinding::unknown(std::move(doubt));
}

TlsStatDelta explained_counters(std::span<const EndEvidence> ends) {
  TlsStatDelta explained;
  for (const EndEvidence& end : ends) {
    for (const EvidenceDirection& direction : {kTransmit, kReceive}) {
      if (!(end.*direction.said)) continue;
      const bool hardware = is_hardware(end, direction);
      ++explained[std::string(hardware ? direction.device : direction.software)];
    }
  }
  return explained;
}

// TlsCurr… are left out: a gauge also falls when another program closes a connection.
TlsStatDelta moved_by_others(const std::optional<TlsStatDelta>& counters,
                             std::span<const EndEvidence> ends) {
  TlsStatDelta others;
  if (!counters) return others;
  const TlsStatDelta explained = explained_counters(ends);
  for (const EvidenceDirection& direction : {kTransmit, kReceive}) {
    for (const std::string_view name : {direction.software, direction.device}) {
      const std::int64_t beyond = moved(*counters, name) - moved(explained, name);
      if (beyond > 0) others[std::string(name)] = beyond;
    }
  }
  return others;
}

std::string shared_remark(const TlsStatDelta& by_others, std::span<const EndEvidence> ends) {
  const TlsStatDelta explained = explained_counters(ends);
  std::vector<std::string> parts;
  for (const auto& [name, beyond] : by_others) {
    const std::int64_t ours = moved(explained, name);
    parts.push_back(fmt::format("{} moved by {}, of which the probe's own sockets explain {}", name,
                                ours + beyond, ours));
  }
  if (parts.empty()) return {};
  return fmt::format("{}: {}", kSharedCounters, join(parts, ", "));
}

std::string first_doubt(std::span<const std::string> doubts) {
  const auto found =
      std::ranges::find_if(doubts, [](const std::string& doubt) { return !doubt.empty(); });
  return found == doubts.end() ? "" : *found;
}

}  // namespace tuner
