// The kernel's TLS: is it there, can it be loaded, how does it encrypt, and what is wrong with it.
#include "base/text.h"
#include "model/findings/looks.h"
#include "model/kernel_crypto.h"
#include "model/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

// The finding that module tls is in this state. One that could not be determined hides it.
void look_state(const DiagnosisInput& input, ModuleState state, FindingCode code,
                Diagnosis& found) {
  const ModuleFacts& tls = input.facts.kernel.tls;
  if (tls.state == ModuleState::Unknown) {
    if (!doubt_part(input, FactNeed::Kernel, code, found))
      add_doubt(DoubtKind::Undetermined,
                fmt::format("the state of module tls is not known: {}", tls.because),
                "run it as root, on the host itself", code, found);
    return;
  }
  if (tls.state != state) {
    // A denial in a file that could not be read would have another state.
    if (!has_kernel_tls(input.facts)) doubt_part(input, FactNeed::Kernel, code, found);
    return;
  }
  HostFinding finding = finding_of(code);
  finding.words = {{"because", tls.because}, {"kernel", input.facts.host.kernel}};
  finding.evidence = {fmt::format("tls is {}: {}", module_state_name(tls.state), tls.because)};
  finding.place = place_of(tls.because);
  if (finding.place.line > 0) finding.words["edit"] = fmt::format("{}s/^/#/", finding.place.line);
  found.findings.push_back(std::move(finding));
}

struct KernelStep {
  ReleaseNumber since;
  std::string_view what;
};
// docs/guide.md has the sources.
constexpr std::array kKernelSteps{
    KernelStep{{4, 17, 0}, "receiving"},
    KernelStep{{5, 1, 0}, "TLS 1.3 and AES-256-GCM"},
    KernelStep{{5, 11, 0}, "CHACHA20-POLY1305"},
    KernelStep{{6, 0, 0}, "receiving without a copy of each record"},
};

// The NIC asks for a resync after lost or reordered segments, so a few for each session are usual.
bool is_storm(const Facts& facts) {
  constexpr std::uint64_t kUsual = 100;
  return tls_counter(facts, "TlsRxDeviceResync") / kUsual > tls_counter(facts, "TlsRxDevice");
}

// By how much these counters grew until they were read again; nullopt: they were not.
std::optional<std::uint64_t> growth(const DiagnosisInput& input,
                                    std::span<const char* const> names) {
  if (!input.later) return std::nullopt;
  std::uint64_t sum = 0;
  for (const char* const name : names) {
    const auto now = input.later->tls_stat.find(name);
    const std::uint64_t before = tls_counter(input.facts, name);
    if (now != input.later->tls_stat.end() && now->second > before) sum += now->second - before;
  }
  return sum;
}

// A counter of errors as a finding. `names`: those of `count`.
void look_counter(const DiagnosisInput& input, std::uint64_t count, std::string counters,
                  std::span<const char* const> names, FindingCode code, Diagnosis& found) {
  if (!input.facts.tls_stat) {
    if (has_kernel_tls(input.facts)) doubt_part(input, FactNeed::Kernel, code, found);
    return;
  }
  if (count == 0) return;
  HostFinding finding = finding_of(code);
  finding.words = {{"count", fmt::format("{}", count)}};
  finding.evidence = {fmt::format("/proc/net/tls_stat: {}", counters)};
  if (const auto grown = growth(input, names)) {
    const std::string more = fmt::format("{} in {:.1f} s", *grown, input.later->seconds);
    finding.evidence.push_back(*grown > 0 ? fmt::format("it grows: {}", more)
                                          : fmt::format("it does not grow now: {}", more));
    if (*grown > 0) finding.words["rising"] = fmt::format(", and goes on: {}", more);
  }
  found.findings.push_back(std::move(finding));
}

void look_cipher(const DiagnosisInput& input, FindingCode code, auto&& is_it, Diagnosis& found) {
  if (!has_kernel_tls(input.facts)) return;
  if (doubt_part(input, FactNeed::Crypto, code, found) || !input.facts.crypto) return;
  const KernelCipher cipher = kernel_cipher(*input.facts.crypto, TlsCipher::Aes128Gcm);
  if (!is_it(cipher)) return;
  HostFinding finding = finding_of(code, std::string(cipher.algorithm));
  finding.words = {{"driver", cipher.driver},
                   {"because", cipher.because},
                   {"how", accelerate_next_step(*input.facts.crypto, TlsCipher::Aes128Gcm)}};
  finding.evidence = {fmt::format("/proc/crypto: {} is {} (module {}, priority {})",
                                  cipher.algorithm, cipher.driver, cipher.module, cipher.priority)};
  found.findings.push_back(std::move(finding));
}

// Whether what the defect needs happens here. A kernel that had no TLS session yet has nothing in
// use.
bool is_in_use(const DefectFinding& defect, const Facts& facts) {
  using Needs = Defect::Needs;
  if (defect.in_use != DefectUse::Unknown) return defect.in_use == DefectUse::Yes;
  const Needs needs = defect.defect->needs;
  const bool common = needs == Needs::Ktls || needs == Needs::Send || needs == Needs::Receive;
  return common && sessions_so_far(facts) > 0;
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

// Nothing is said of a vendor's kernel: it has features that its number does not tell.
void look_kernel_old(const DiagnosisInput& input, Diagnosis& found) {
  if (!input.kernel.upstream) return;
  std::vector<std::string> missing;
  for (const KernelStep& step : kKernelSteps) {
    if (*input.kernel.upstream < step.since)
      missing.push_back(fmt::format("{} ({})", step.what, to_text(step.since)));
  }
  if (missing.empty()) return;
  HostFinding finding = finding_of(FindingCode::KernelOld);
  finding.words = {{"kernel", to_text(*input.kernel.upstream)}, {"missing", join(missing, ", ")}};
  finding.evidence = {fmt::format("kernel {}", input.facts.host.kernel)};
  found.findings.push_back(std::move(finding));
}

void look_kernel_defects(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::KernelDefects;
  if (!has_kernel_tls(input.facts)) return;
  HostFinding finding = finding_of(kCode);
  std::size_t unknown = 0;
  std::string version;
  for (const DefectFinding& defect : input.defects) {
    if (defect.state == DefectState::Unknown) ++unknown;
    if (defect.state != DefectState::Affected || !is_in_use(defect, input.facts)) continue;
    version = defect.version;
    finding.evidence.push_back(
        fmt::format("{}: {}; {}", defect.defect->id, defect.defect->symptom, next_step(defect)));
  }
  if (unknown > 0 && sessions_so_far(input.facts) > 0)
    add_doubt(DoubtKind::Undetermined,
              fmt::format("whether this kernel has the fixes of {} known defects of its TLS is not "
                          "known",
                          unknown),
              "ktls-tuner facts --explain lists them; ask the kernel's vendor", kCode, found);
  if (finding.evidence.empty()) return;
  finding.words = {{"count", fmt::format("{}", finding.evidence.size())}, {"kernel", version}};
  found.findings.push_back(std::move(finding));
}

void look_cipher_generic(const DiagnosisInput& input, Diagnosis& found) {
  look_cipher(
      input, FindingCode::CipherGeneric,
      [](const KernelCipher& cipher) { return cipher.kind == CipherClass::Generic; }, found);
}

// Of the CPU's own instructions only the wrapper is asynchronous (crypto/simd.c): it encrypts at
// once unless an interrupt uses the vector registers.
void look_cipher_async(const DiagnosisInput& input, Diagnosis& found) {
  constexpr std::array<std::string_view, 5> kOfCpu{"aesni", "vaes", "avx", "-ce", "neon"};
  const auto is_it = [&](const KernelCipher& cipher) {
    return cipher.async && std::ranges::none_of(kOfCpu, [&](std::string_view part) {
             return cipher.driver.find(part) != std::string::npos;
           });
  };
  look_cipher(input, FindingCode::CipherAsync, is_it, found);
}

void look_decrypt_errors(const DiagnosisInput& input, Diagnosis& found) {
  const auto errors = tls_counter(input.facts, "TlsDecryptError");
  constexpr std::array kNames{"TlsDecryptError"};
  look_counter(input, errors, fmt::format("TlsDecryptError {}", errors), kNames,
               FindingCode::DecryptErrors, found);
}

void look_rekey_errors(const DiagnosisInput& input, Diagnosis& found) {
  const auto tx = tls_counter(input.facts, "TlsTxRekeyError");
  const auto rx = tls_counter(input.facts, "TlsRxRekeyError");
  constexpr std::array kNames{"TlsTxRekeyError", "TlsRxRekeyError"};
  look_counter(input, tx + rx, fmt::format("TlsTxRekeyError {}, TlsRxRekeyError {}", tx, rx),
               kNames, FindingCode::RekeyErrors, found);
}

void look_device_resync(const DiagnosisInput& input, Diagnosis& found) {
  const auto resyncs = tls_counter(input.facts, "TlsRxDeviceResync");
  const auto sessions = tls_counter(input.facts, "TlsRxDevice");
  constexpr std::array kNames{"TlsRxDeviceResync"};
  look_counter(input, is_storm(input.facts) ? resyncs : 0,
               fmt::format("TlsRxDeviceResync {}, TlsRxDevice {}", resyncs, sessions), kNames,
               FindingCode::DeviceResync, found);
}

bool counts_errors(const Facts& facts) {
  constexpr std::array kErrors{"TlsDecryptError", "TlsTxRekeyError", "TlsRxRekeyError"};
  return is_storm(facts) || std::ranges::any_of(kErrors, [&](const char* name) {
           return tls_counter(facts, name) > 0;
         });
}

void look_other_net_namespace(const DiagnosisInput& input, Diagnosis& found) {
  const std::string& name = input.facts.host.net_namespace;
  if (name.empty() || name.starts_with("initial ")) return;
  HostFinding finding = finding_of(FindingCode::OtherNetNamespace);
  finding.words = {{"name", name}};
  finding.evidence = {fmt::format("the network namespace is {}", name)};
  found.findings.push_back(std::move(finding));
}

bool has_kernel_tls(const Facts& facts) {
  return facts.kernel.tls.state == ModuleState::Live ||
         facts.kernel.tls.state == ModuleState::BuiltIn;
}

std::uint64_t tls_counter(const Facts& facts, std::string_view name) {
  if (!facts.tls_stat) return 0;
  const auto found = facts.tls_stat->find(std::string(name));
  return found == facts.tls_stat->end() ? 0 : found->second;
}

std::uint64_t sessions_so_far(const Facts& facts) {
  std::uint64_t sum = 0;
  for (const std::string_view name : {"TlsTxSw", "TlsRxSw", "TlsTxDevice", "TlsRxDevice"})
    sum += tls_counter(facts, name);
  return sum;
}

}  // namespace tuner
