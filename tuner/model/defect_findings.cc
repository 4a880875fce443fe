#include "model/defect_findings.h"

#include "base/text.h"
#include "model/kernel_crypto.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Needs = Defect::Needs;

struct Use {
  DefectUse in_use = DefectUse::Unknown;
  std::string because;
};

// `feature`: tls-hw-tx-offload or tls-hw-rx-offload. Features that could not be read leave it open.
Use use_of_device(const Facts& facts, std::string_view feature, std::string_view driver) {
  if (!has(facts.looked_at, FactNeed::NicFeatures)) return {};
  bool known = facts.failed_read(FactNeed::Nics) == nullptr;
  for (const Nic& nic : facts.nics) {
    if (!driver.empty() && nic.driver != driver) continue;
    const auto found = nic.features.find(feature);
    if (found != nic.features.end() && found->second.active)
      return {DefectUse::Yes, fmt::format("{} has {} on", nic.name, feature)};
    known = known && nic.features_unreadable.empty();
  }
  if (!known) return {};
  return {DefectUse::No, driver.empty()
                             ? fmt::format("no NIC has {} on", feature)
                             : fmt::format("no NIC of driver {} has {} on", driver, feature)};
}

// net/tls takes the driver with the highest priority; an asynchronous one may also be chosen later
// for a cipher that no connection has used.
Use use_of_async_crypto(const Facts& facts) {
  if (!facts.crypto) return {};
  const auto ciphers = kernel_ciphers(*facts.crypto);
  const auto async = std::ranges::find_if(ciphers, &KernelCipher::async);
  if (async != ciphers.end())
    return {DefectUse::Yes,
            fmt::format("{} of {} is asynchronous", async->driver, async->algorithm)};
  if (std::ranges::none_of(facts.crypto->drivers, &CryptoDriver::async))
    return {DefectUse::No, "no driver of a TLS cipher is asynchronous"};
  return {};
}

Use use_of(const Defect& defect, const Facts& facts) {
  switch (defect.needs) {
    case Needs::DeviceSend: return use_of_device(facts, "tls-hw-tx-offload", defect.driver);
    case Needs::DeviceReceive: return use_of_device(facts, "tls-hw-rx-offload", defect.driver);
    case Needs::AsyncCrypto: return use_of_async_crypto(facts);
    default: return {};
  }
}

// "6.1.189, 6.12.112"; only that of the same branch if there is one.
std::string fixes_for(const DefectFinding& finding) {
  const auto release = parse_release(finding.version);
  const auto same_branch = [&](const ReleaseNumber& fix) {
    return release && fix.major == release->major && fix.minor == release->minor;
  };
  const auto fix = std::ranges::find_if(finding.defect->fixed, same_branch);
  return fix == finding.defect->fixed.end() ? fixed_in(*finding.defect) : to_text(*fix);
}

std::vector<DefectFinding> findings_of(Defect::Of of, const std::string& version,
                                       const std::optional<ReleaseNumber>& release) {
  std::vector<DefectFinding> all;
  for (const Defect& defect : known_defects()) {
    if (defect.of != of) continue;
    all.push_back({.defect = &defect,
                   .version = version,
                   .state = state_of(defect, release),
                   .use_because = {}});
  }
  return all;
}

}  // namespace

std::string_view needed_use(Defect::Needs needs) {
  switch (needs) {
    case Needs::Ktls: return "any kernel TLS";
    case Needs::Send: return "kernel TLS for sending";
    case Needs::Receive: return "kernel TLS for receiving";
    case Needs::SpliceFrom: return "splice() from a socket with kernel TLS, as proxies do";
    case Needs::Sendfile: return "sendfile() or splice() into a socket with kernel TLS";
    case Needs::DeviceSend: return "a NIC that encrypts";
    case Needs::DeviceReceive: return "a NIC that decrypts";
    case Needs::NoPad: return "TLS_RX_EXPECT_NO_PAD, which OpenSSL never sets";
    case Needs::Sockmap: return "BPF sockmaps, as in service meshes";
    case Needs::AsyncCrypto: return "an asynchronous driver for AES";
    case Needs::KernelConsumer: return "NFS or NVMe over TLS";
    case Needs::MovingBuffer: return "a program with SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER";
  }
  return {};
}

std::string next_step(const DefectFinding& finding) {
  if (finding.state == DefectState::Fixed) return {};
  const std::string fixes = fixes_for(finding);
  std::string step = fixes.empty() ? std::string() : fmt::format("fixed in {}", fixes);
  if (finding.state == DefectState::Unknown)
    step = fmt::format("{}{}ask the vendor whether this one has the fix", step,
                       step.empty() ? "" : "; ");
  if (!finding.defect->instead.empty())
    step += fmt::format("; until then {}", finding.defect->instead);
  return step;
}

std::vector<DefectFinding> kernel_defects(const std::optional<ReleaseNumber>& upstream,
                                          const Facts& facts) {
  auto all = findings_of(Defect::Of::Kernel, upstream ? to_text(*upstream) : "", upstream);
  for (DefectFinding& finding : all) {
    Use use = use_of(*finding.defect, facts);
    finding.in_use = use.in_use;
    finding.use_because = std::move(use.because);
  }
  return all;
}

std::vector<DefectFinding> openssl_defects(std::string_view version) {
  return findings_of(Defect::Of::OpenSsl, std::string(version), parse_release(version));
}

}  // namespace tuner
