#include "probe/offload_reasons.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using Reasons = std::vector<OffloadReason>;

// Reasons that no setting of this machine can change.
constexpr std::array kCannot = {OffloadCode::KernelWithoutTls, OffloadCode::KernelWithoutOffload,
                                OffloadCode::DriverCannot,     OffloadCode::DriverNotBuilt,
                                OffloadCode::CardCannot,       OffloadCode::VirtualFunction,
                                OffloadCode::FixedOff};

// Reasons that apply to every connection of this version and cipher by design. They are no
// fallback.
constexpr std::array kByDesign = {OffloadCode::VersionNotOffloaded, OffloadCode::CipherNotOffloaded,
                                  OffloadCode::CipherTooNew, OffloadCode::CipherNotByDriver};

template <typename Codes>
bool any_of(const Reasons& reasons, const Codes& codes) {
  return std::ranges::any_of(reasons, [&](const OffloadReason& reason) {
    return std::ranges::find(codes, reason.code) != codes.end();
  });
}

bool is_active(const Nic& nic, TlsDirection direction) {
  const auto feature = nic.features.find(tls_direction_feature(direction));
  return feature != nic.features.end() && feature->second.active;
}

// The NICs of an end that are in the facts.
std::vector<const Nic*> nics_of(const ProbeEnd& end, const Facts& facts) {
  std::vector<const Nic*> found;
  for (const std::string& name : end.nics) {
    if (const Nic* nic = facts.nic(name)) found.push_back(nic);
  }
  return found;
}

// The feature was off before the probe and is on now: a connection keeps the state it started with.
// `facts.after` alone would say that the NIC offloads. A feature flag counts for new connections
// only.
Reasons switched_on(const ProbeEnd& end, TlsDirection direction, const OffloadFacts& facts) {
  Reasons reasons;
  for (const Nic* then : nics_of(end, facts.before)) {
    const Nic* now = facts.after.nic(then->name);
    if (now == nullptr || is_active(*then, direction) || !is_active(*now, direction)) continue;
    reasons.push_back(changed_since(*now, direction, true));
  }
  return reasons;
}

// The reason if the NIC is not known.
Reasons no_nic(const std::string& interface) {
  if (interface == "lo") {
    return {{OffloadCode::SoftwareInterface, interface,
             "the route to the other end does not leave this machine (lo)",
             "probe from another host"}};
  }
  return {{OffloadCode::FeatureUnknown, interface, "the output interface of this end is not known",
           ""}};
}

// Never empty.
// From facts to guesses: what the machine's facts exclude, then a change during the probe, and last
// the driver, whose refusal leaves no trace but the path.
Reasons reasons_for(const ProbeCell& cell, const ProbeEnd& end, TlsDirection direction,
                    const OffloadFacts& facts) {
  if (end.interface.empty() || end.interface == "lo") return no_nic(end.interface);
  const OffloadQuestion question{
      .nic = end.interface, .direction = direction, .version = cell.version, .cipher = cell.cipher};
  Reasons reasons = why_not_offloaded(question, facts.after);
  if (!reasons.empty()) return reasons;
  reasons = switched_on(end, direction, facts);
  if (!reasons.empty()) return reasons;
  for (const Nic* nic : nics_of(end, facts.after)) {
    reasons.push_back(refused_by_driver(*nic, direction));
  }
  if (reasons.empty()) return no_nic(end.interface);
  return reasons;
}

// A feature that the profile wants and that is off is drift, which `check` reports. Only one that
// is on can have fallen back.
bool is_wanted(const ProbeEnd& end, TlsDirection direction, const OffloadFacts& facts) {
  const auto nics = nics_of(end, facts.after);
  return std::ranges::any_of(facts.wanted, [&](const WantedOffload& wanted) {
    return wanted.direction == direction && std::ranges::any_of(nics, [&](const Nic* nic) {
             return nic->key() == wanted.nic && is_active(*nic, direction);
           });
  });
}

bool any_active(const ProbeEnd& end, TlsDirection direction, const Facts& facts) {
  return std::ranges::any_of(nics_of(end, facts),
                             [&](const Nic* nic) { return is_active(*nic, direction); });
}

// Every driver with TLS offload supports AES-128-GCM. Whether a driver outside the table supports
// AES-256-GCM is not known, so a refusal by such a driver is no fallback.
bool does_cipher(const ProbeCell& cell, const ProbeEnd& end, const OffloadFacts& facts) {
  if (cell.cipher == TlsCipher::Aes128Gcm) return true;
  return std::ranges::all_of(nics_of(end, facts.after), [](const Nic* nic) {
    const NicDriverRow* row = find_nic_driver(nic->driver);
    return row != nullptr && row->aes_256;
  });
}

// Both directions of a cell often have the same reason.
void add(std::string& because, const std::string& text) {
  if (text.empty() || because.find(text) != std::string::npos) return;
  because += (because.empty() ? "" : "; ") + text;
}

void explain_direction(ProbeCell& cell, const ProbeEnd& end, TlsDirection direction,
                       ExpectedPath expected, const OffloadFacts& facts) {
  const bool sends = direction == TlsDirection::Tx;
  const bool expects = expected == ExpectedPath::Device;
  // User space has its own explanation (explain.cc), and a device path needs none.
  if ((sends ? end.tx : end.rx) != TlsPath::Kernel) return;
  if (!expects && !any_active(end, direction, facts.after)) return;
  const Reasons reasons = reasons_for(cell, end, direction, facts);
  if (is_wanted(end, direction, facts) && !any_of(reasons, kByDesign) &&
      does_cipher(cell, end, facts)) {
    (sends ? cell.fell_back_tx : cell.fell_back_rx) = true;
    add(cell.because,
        "the profile wants TLS offload and the NIC has it on, but software did the work");
  }
  add(cell.because, to_text(reasons));
  // Only if the device is expected: a kernel path that the profile accepts is possible all the
  // same.
  if (expects && any_of(reasons, kCannot)) cell.possible = false;
}

}  // namespace

std::string why_kernel_sent(TlsVersion version, TlsCipher cipher, const ProbeEnd& end,
                            const OffloadFacts& facts) {
  ProbeCell cell{.version = version, .cipher = cipher};
  ProbeEnd sent = end;
  sent.tx = TlsPath::Kernel;
  explain_direction(cell, sent, TlsDirection::Tx, ExpectedPath::Any, facts);
  return cell.because;
}

void explain_offload(ProbeReport& report, const Profile& profile, const OffloadFacts& facts) {
  for (ProbeCell& cell : report.cells) {
    const PathExpectation expected = expectation_for(profile, cell.version, cell.cipher);
    const ProbeEnd end = own_end(report, cell);
    explain_direction(cell, end, TlsDirection::Tx, expected.tx, facts);
    explain_direction(cell, end, TlsDirection::Rx, expected.rx, facts);
  }
}

}  // namespace tuner
