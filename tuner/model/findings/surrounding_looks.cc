// What surrounds kernel TLS: the next boot, the links of NICs, its users inside the kernel, and the
// system that this is.
#include "base/text.h"
#include "model/findings/looks.h"

#include <fmt/format.h>

namespace tuner {
namespace {

using Part = UnreadSurroundings::Part;

// Whether this part was looked at. A failed read is a doubt.
bool looked_at(const DiagnosisInput& input, Part part, FindingCode code, Diagnosis& found) {
  if (!input.surroundings) return false;
  bool all = true;
  for (const UnreadSurroundings& unread : input.surroundings->unread) {
    if (unread.part != part) continue;
    all = false;
    const bool unrecorded = unread.error.fault == Fault::NotRecorded;
    add_doubt(unrecorded ? DoubtKind::NotRecorded : DoubtKind::Unreadable, unread.error.text,
              unread.error.hint, code, found);
  }
  return all;
}

}  // namespace

// A file that could not be read may load it.
void look_module_not_at_boot(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::ModuleNotAtBoot;
  if (input.facts.kernel.tls.state != ModuleState::Live) return;
  if (!looked_at(input, Part::Boot, kCode, found) || input.surroundings->tls_at_boot) return;
  HostFinding finding = finding_of(kCode);
  finding.evidence = {
      "no file of modules-load.d, /etc/modules or the kernel's command line has tls"};
  found.findings.push_back(std::move(finding));
}

void look_nic_link_slow(const DiagnosisInput& input, Diagnosis& found) {
  if (!looked_at(input, Part::Links, FindingCode::NicLinkSlow, found)) return;
  for (const SlowLink& link : input.surroundings->slow_links) {
    HostFinding finding = finding_of(FindingCode::NicLinkSlow, link.nic);
    finding.words = {{"speed", link.speed},
                     {"width", fmt::format("{}", link.width)},
                     {"max_speed", link.max_speed},
                     {"max_width", fmt::format("{}", link.max_width)}};
    const Nic* const nic = input.facts.nic(link.nic);
    if (nic != nullptr) finding.words["bus"] = nic->bus_address;
    finding.evidence = {
        fmt::format("current_link_speed {}, current_link_width {}", link.speed, link.width)};
    found.findings.push_back(std::move(finding));
  }
}

void look_tlshd_missing(const DiagnosisInput& input, Diagnosis& found) {
  if (!looked_at(input, Part::Consumers, FindingCode::TlshdMissing, found)) return;
  if (input.surroundings->kernel_users.empty() || input.surroundings->tlshd) return;
  HostFinding finding = finding_of(FindingCode::TlshdMissing);
  finding.words = {{"users", join(input.surroundings->kernel_users, ", ")}};
  finding.evidence = {"no process is named tlshd"};
  found.findings.push_back(std::move(finding));
}

void look_fips(const DiagnosisInput& input, Diagnosis& found) {
  if (!looked_at(input, Part::System, FindingCode::Fips, found) || !input.surroundings->fips)
    return;
  HostFinding finding = finding_of(FindingCode::Fips);
  finding.evidence = {"/proc/sys/crypto/fips_enabled is 1"};
  found.findings.push_back(std::move(finding));
}

void look_container(const DiagnosisInput& input, Diagnosis& found) {
  if (!looked_at(input, Part::System, FindingCode::Container, found)) return;
  const std::string& container = input.surroundings->container;
  if (container.empty()) return;
  HostFinding finding = finding_of(FindingCode::Container);
  finding.words = {{"container", container}};
  finding.evidence = {fmt::format("this is a container ({})", container)};
  found.findings.push_back(std::move(finding));
}

}  // namespace tuner
