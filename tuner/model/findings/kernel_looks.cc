// The kernel's TLS: is it there, can it be loaded.
#include "model/findings/looks.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kModuleHint = "run it as root, on the host itself";

// The finding that module tls is in this state. One that could not be determined hides it.
void look_state(const DiagnosisInput& input, ModuleState state, FindingCode code,
                Diagnosis& found) {
  const ModuleFacts& tls = input.facts.kernel.tls;
  if (tls.state == ModuleState::Unknown) {
    if (!doubt_part(input, FactNeed::Kernel, code, found))
      add_doubt(DoubtKind::Undetermined,
                fmt::format("the state of module tls is not known: {}", tls.because),
                std::string(kModuleHint), code, found);
    return;
  }
  if (tls.state != state) {
    // A denial in a file that could not be read would have another state.
    if (!has_kernel_tls(input.facts)) doubt_part(input, FactNeed::Kernel, code, found);
    return;
  }
  HostFinding finding{.code = code, .subject = {}, .words = {}, .evidence = {}, .place = {}};
  finding.words = {{"because", tls.because}, {"kernel", input.facts.host.kernel}};
  finding.evidence = {fmt::format("tls is {}: {}", module_state_name(tls.state), tls.because)};
  finding.place = place_of(tls.because);
  found.findings.push_back(std::move(finding));
}

}  // namespace

void look_kernel_without_tls(const DiagnosisInput& input, Diagnosis& found) {
  look_state(input, ModuleState::NotBuilt, FindingCode::KernelWithoutTls, found);
}

void look_module_missing(const DiagnosisInput& input, Diagnosis& found) {
  look_state(input, ModuleState::Missing, FindingCode::ModuleMissing, found);
}

void look_module_not_loaded(const DiagnosisInput& input, Diagnosis& found) {
  look_state(input, ModuleState::Loadable, FindingCode::ModuleNotLoaded, found);
}

void look_module_deny_listed(const DiagnosisInput& input, Diagnosis& found) {
  look_state(input, ModuleState::DenyListed, FindingCode::ModuleDenyListed, found);
}

void look_module_locked(const DiagnosisInput& input, Diagnosis& found) {
  look_state(input, ModuleState::Locked, FindingCode::ModuleLocked, found);
}

}  // namespace tuner
