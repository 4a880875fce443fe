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

// The same for what only system calls tell.
bool looked_at_live(const DiagnosisInput& input, Part part, FindingCode code, Diagnosis& found) {
  if (!looked_at(input, part, code, found)) return false;
  if (input.surroundings->live) return true;
  add_doubt(DoubtKind::NotLookedAt,
            "the kernel's log, its BPF maps and requests of latency are not in a recording of a "
            "machine",
            "run it on the machine itself", code, found);
  return false;
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

// A kernel that warned of nothing since it started has no such line.
void look_kernel_warnings(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::KernelWarnings;
  if (!looked_at(input, Part::Warnings, kCode, found) || !input.surroundings->warned) return;
  if (!looked_at_live(input, Part::Warnings, kCode, found)) return;
  const LiveSurroundings& live = *input.surroundings->live;
  if (live.warnings_lost)
    add_doubt(DoubtKind::Undetermined,
              "the kernel warned of something since it started (/proc/sys/kernel/tainted), and its "
              "log has the warning no more",
              "look into the system's journal: journalctl -k", kCode, found);
  if (live.tls_warnings.empty()) return;
  HostFinding finding = finding_of(kCode);
  finding.words = {{"count", fmt::format("{}", live.tls_warnings.size())},
                   {"first", live.tls_warnings.front()}};
  finding.evidence = live.tls_warnings;
  found.findings.push_back(std::move(finding));
}

void look_sock_maps(const DiagnosisInput& input, Diagnosis& found) {
  if (!looked_at_live(input, Part::SockMaps, FindingCode::SockMaps, found)) return;
  const int count = input.surroundings->live->sock_maps;
  if (count == 0) return;
  HostFinding finding = finding_of(FindingCode::SockMaps);
  finding.words = {{"count", fmt::format("{}", count)}};
  finding.evidence = {fmt::format("bpf(2): {} maps of type sockmap or sockhash", count)};
  found.findings.push_back(std::move(finding));
}

// A process that forbids the state makes it no finding.
void look_deep_idle_states(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::DeepIdleStates;
  if (!looked_at(input, Part::Idle, kCode, found) || !input.surroundings->deep_idle) return;
  if (!looked_at_live(input, Part::Idle, kCode, found)) return;
  const DeepIdle& idle = *input.surroundings->deep_idle;
  if (input.surroundings->live->allowed_latency_us < idle.latency_us) return;
  HostFinding finding = finding_of(kCode);
  finding.words = {{"count", fmt::format("{}", idle.cpus)},
                   {"state", idle.state},
                   {"latency", fmt::format("{}", idle.latency_us)},
                   {"driver", idle.driver},
                   {"numbers", idle.numbers}};
  finding.evidence = {fmt::format("cpuidle/state{}/disable is 0", idle.numbers)};
  found.findings.push_back(std::move(finding));
}

void look_virtual_machine(const DiagnosisInput& input, Diagnosis& found) {
  if (!looked_at(input, Part::System, FindingCode::VirtualMachine, found)) return;
  const std::string& vendor = input.surroundings->virtual_machine;
  if (vendor.empty()) return;
  HostFinding finding = finding_of(FindingCode::VirtualMachine);
  finding.words = {{"vendor", vendor}};
  finding.evidence = {"the CPU says that a hypervisor is there"};
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
