#include "probe/testimony.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::uint16_t kSoftware = 2;  // TLS_CONF_SW
constexpr std::uint16_t kHardware = 3;  // TLS_CONF_HW

}  // namespace

bool is_hardware(const EndEvidence& end, const Testimony& direction) {
  return end.diagnostics && (*end.diagnostics).*direction.conf == kHardware;
}

std::string doubt_from_diagnostics(const EndEvidence& end, const Testimony& direction) {
  if (!end.diagnostics) return {};
  const std::uint16_t conf = (*end.diagnostics).*direction.conf;
  const bool in_kernel = conf == kSoftware || conf == kHardware;
  if (in_kernel == end.*direction.said) return {};
  return fmt::format("{}: OpenSSL says {}, socket diagnostics say {}", direction.name,
                     end.*direction.said ? "kernel" : "user space",
                     conf == 0 ? "nothing" : tls_info_conf(conf));
}

std::string doubt_about_keys(const EndEvidence& end, TlsVersion version, TlsCipher cipher) {
  if (!end.diagnostics || end.diagnostics->version == 0) return {};
  const std::string said_version = tls_info_version(end.diagnostics->version);
  const std::string said_cipher = tls_info_cipher(end.diagnostics->cipher);
  if (said_version == tls_version_name(version) && said_cipher == tls_cipher_name(cipher))
    return {};
  return fmt::format("{} {} was agreed on, socket diagnostics say {} {}", tls_version_name(version),
                     tls_cipher_name(cipher), said_version, said_cipher);
}

std::string errors_counted(const std::optional<TlsStatDelta>& counters) {
  if (!counters) return {};
  for (const auto& [name, count] : *counters) {
    if (count > 0 && name.find("Error") != std::string::npos)
      return fmt::format("the kernel counted {} +{}", name, count);
  }
  return {};
}

std::string first_doubt(std::span<const std::string> doubts) {
  const auto found =
      std::ranges::find_if(doubts, [](const std::string& doubt) { return !doubt.empty(); });
  return found == doubts.end() ? "" : *found;
}

}  // namespace tuner
