// NICs that could encrypt TLS, and do not. Of sending only: receiving is offloaded on request.
#include "base/text.h"
#include "model/findings/looks.h"
#include "model/offload.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace tuner {
namespace {

constexpr auto kTx = TlsDirection::Tx;

bool can_offload(const Nic& nic) {
  const NicDriverRow* const row = find_nic_driver(nic.driver);
  return tls_feature_of(nic, kTx).supported || (row != nullptr && row->tx);
}

void add_reason(FindingCode code, const Nic& nic, const OffloadReason& reason, Diagnosis& found) {
  HostFinding finding = finding_of(code, nic.name);
  finding.words = {{"because", reason.text},
                   {"how", reason.next},
                   {"bus", nic.bus_address},
                   {"driver", nic.driver}};
  const NicFeature feature = tls_feature_of(nic, kTx);
  finding.evidence = {fmt::format(
      "{} ({}{}{}): {} is {}{}{}", nic.name, nic.driver, nic.pci_ids.empty() ? "" : ", ",
      nic.pci_ids, tls_direction_feature(kTx), feature.active ? "on" : "off",
      feature.fixed ? ", fixed" : "", feature.requested ? ", requested" : "")};
  found.findings.push_back(std::move(finding));
}

// The NICs whose feature is not active for one of these reasons.
void look_inactive(const DiagnosisInput& input, FindingCode code,
                   std::initializer_list<OffloadCode> reasons, Diagnosis& found) {
  // The NICs that are known are looked at all the same.
  doubt_part(input, FactNeed::Nics, code, found);
  for (const Nic& nic : input.facts.nics) {
    if (!nic.physical && !tls_feature_of(nic, kTx).supported) continue;
    if (doubt_part(input, FactNeed::NicFeatures, code, found, nic.name)) continue;
    for (const OffloadReason& reason : why_inactive(nic, kTx, input.facts.kernel)) {
      if (std::ranges::count(reasons, reason.code) > 0) add_reason(code, nic, reason, found);
    }
  }
}

// The interfaces on top of a NIC that could offload.
std::vector<const Nic*> on_offloading_nics(const Facts& facts) {
  std::vector<const Nic*> uppers;
  for (const Nic& upper : facts.nics) {
    const bool any = std::ranges::any_of(upper.lowers, [&](const std::string& name) {
      const Nic* const lower = facts.nic(name);
      return lower != nullptr && (can_offload(*lower) || lower->kind == "bond");
    });
    if (any) uppers.push_back(&upper);
  }
  return uppers;
}

}  // namespace

void look_nic_checksum_off(const DiagnosisInput& input, Diagnosis& found) {
  look_inactive(input, FindingCode::NicChecksumOff, {OffloadCode::ChecksumOff}, found);
}

void look_nic_feature_dropped(const DiagnosisInput& input, Diagnosis& found) {
  look_inactive(input, FindingCode::NicFeatureDropped, {OffloadCode::Dropped}, found);
}

void look_nic_offload_off(const DiagnosisInput& input, Diagnosis& found) {
  look_inactive(input, FindingCode::NicOffloadOff, {OffloadCode::NotRequested}, found);
}

void look_nic_driver_option(const DiagnosisInput& input, Diagnosis& found) {
  look_inactive(input, FindingCode::NicDriverOption, {OffloadCode::DriverNotBuilt}, found);
}

void look_nic_switchdev(const DiagnosisInput& input, Diagnosis& found) {
  look_inactive(input, FindingCode::NicSwitchdev, {OffloadCode::Switchdev}, found);
}

void look_nic_bond(const DiagnosisInput& input, Diagnosis& found) {
  for (const Nic* const upper : on_offloading_nics(input.facts)) {
    if (upper->kind != "bond") continue;
    for (const OffloadReason& reason : why_bond_blocks(*upper, input.facts))
      add_reason(FindingCode::NicBond, *upper, reason, found);
  }
}

// Only that of the default route: a host of containers has hundreds of bridges and VLANs.
void look_nic_software_interface(const DiagnosisInput& input, Diagnosis& found) {
  for (const Nic* const upper : on_offloading_nics(input.facts)) {
    if (upper->kind == "bond" || !upper->carries_default_route) continue;
    for (const OffloadReason& reason : why_upper_blocks(*upper, input.facts))
      add_reason(FindingCode::NicSoftwareInterface, *upper, reason, found);
  }
}

void look_nic_cannot(const DiagnosisInput& input, Diagnosis& found) {
  doubt_part(input, FactNeed::Nics, FindingCode::NicCannot, found);
  for (const Nic& nic : input.facts.nics) {
    if (!nic.physical || !carries_default_route(nic, input.facts)) continue;
    if (doubt_part(input, FactNeed::NicFeatures, FindingCode::NicCannot, found, nic.name)) continue;
    for (const OffloadReason& reason : why_inactive(nic, kTx, input.facts.kernel)) {
      const bool never =
          reason.code == OffloadCode::DriverCannot || reason.code == OffloadCode::CardCannot ||
          reason.code == OffloadCode::VirtualFunction || reason.code == OffloadCode::FixedOff;
      if (never) add_reason(FindingCode::NicCannot, nic, reason, found);
    }
  }
}

void look_kernel_without_offload(const DiagnosisInput& input, Diagnosis& found) {
  const KernelFacts& kernel = input.facts.kernel;
  const auto option = kernel.config.find("CONFIG_TLS_DEVICE");
  if (option == kernel.config.end() || option->second != "n") return;
  if (kernel.tls.state == ModuleState::NotBuilt) return;  // a finding of its own
  const auto nic = std::ranges::find_if(input.facts.nics, can_offload);
  if (nic == input.facts.nics.end()) return;
  HostFinding finding = finding_of(FindingCode::KernelWithoutOffload);
  finding.words = {{"nic", nic->name}, {"kernel", input.facts.host.kernel}};
  finding.evidence = {fmt::format("{}: CONFIG_TLS_DEVICE is not set", kernel.config_source)};
  found.findings.push_back(std::move(finding));
}

bool carries_default_route(const Nic& nic, const Facts& facts) {
  const auto upper = facts.stack_on(nic);
  return nic.carries_default_route || std::ranges::any_of(upper, &Nic::carries_default_route);
}

}  // namespace tuner
