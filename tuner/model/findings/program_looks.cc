// Programs that speak TLS: do they use the kernel's, could they, and is it safe for them.
#include "base/text.h"
#include "model/findings/looks.h"
#include "model/programs/known_programs.h"
#include "model/programs/library_ability.h"
#include "model/programs/openssl_option.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Answer = KtlsUse::Answer;
// The evidence of every finding about a program.
HostFinding of_program(FindingCode code, const Program& program, std::string because) {
  HostFinding finding = finding_of(code, program.service.empty() ? program.name : program.service);
  finding.words = {{"program", program_text(program)}, {"because", because}};
  const std::string library = openssl_text(program);
  finding.evidence.push_back(
      fmt::format("{}: {} {}, {}", program.executable, program.pids.size(),
                  program.pids.size() == 1 ? "process" : "processes",
                  library.empty() ? std::string("no OpenSSL whose version is known") : library));
  if (const std::string ability = library_ability(library); !ability.empty())
    finding.evidence.push_back(fmt::format("{} can hand over {}", library, ability));
  finding.evidence.push_back(std::move(because));
  for (const std::string& doubt : program.doubts)
    finding.evidence.push_back("not certain: " + doubt);
  return finding;
}

void look_risk(const DiagnosisInput& input, ProgramRisk::Kind kind, FindingCode code, bool loaded,
               Diagnosis& found) {
  if (!programs_known(input, code, found)) return;
  for (const Program& program : input.programs->all) {
    const auto risk = risk_of_ktls(program, input.programs->gnutls_asks, input.kernel);
    if (!risk) continue;
    // What is not known is a doubt and no finding, told once with the kind that it may be.
    if (risk->kind == ProgramRisk::Kind::KeyUpdateUnknown && kind == ProgramRisk::Kind::KeyUpdate)
      add_doubt(DoubtKind::Undetermined, risk->text, join(risk->ways_out, "; or "), code, found);
    if (risk->kind != kind || has_kernel_tls(input.facts) != loaded) continue;
    HostFinding finding = of_program(code, program, risk->text);
    finding.words["ways"] = join(risk->ways_out, "; or ");
    const auto acceptance = acceptance_of(kind);
    finding.accepted = acceptance && std::ranges::count(input.accepted, *acceptance) > 0;
    found.findings.push_back(std::move(finding));
  }
}

// A program that speaks TLS in user space because nothing asks for the kernel's.
struct Asker {
  const Program* program = nullptr;
  KtlsUse use;
  OptionEffect effect;  // of the option, if it were there
};

std::vector<Asker> not_asking(const DiagnosisInput& input) {
  std::vector<Asker> all;
  for (const Program& program : input.programs->all) {
    if (!matters(program, input)) continue;
    KtlsUse use = ktls_use(program, input.programs->gnutls_asks);
    if (use.answer != Answer::No) continue;
    // It has no TLS, or its own configuration switches kTLS, which is a finding of its own.
    if (program.config && (!program.config->tls || program.config->ktls)) continue;
    all.push_back({&program, std::move(use),
                   effect_of_option(program, "its OpenSSL configuration",
                                    input.programs->gnutls_asks, input.kernel)});
  }
  return all;
}

bool is_harmful(OptionEffect::Kind kind) {
  return kind == OptionEffect::Kind::KeyUpdate || kind == OptionEffect::Kind::KeyUpdateUnknown;
}

// What the option would bring with it.
std::string warning_of(const OptionEffect& effect) {
  if (!is_harmful(effect.kind)) return {};
  return fmt::format("; with the option, {} break its TLS 1.3 connections with one KeyUpdate: {}",
                     effect.kind == OptionEffect::Kind::KeyUpdate ? "any peer can" : "a peer may",
                     join(effect.ways_out, "; or "));
}

// How it hands connections to libssl has to be known: a guess is no finding.
bool is_known(const Program& program) {
  return program.transport == TlsTransport::Socket || program.transport == TlsTransport::Inherited;
}

bool gains(const Asker& asker) {
  const auto kind = asker.effect.kind;
  return is_known(*asker.program) && (kind == OptionEffect::Kind::Gains || is_harmful(kind));
}

// The line of its own configuration that would ask; nullptr: it has none that is known.
const KnownProgram* with_own_option(const Program& program) {
  const KnownProgram* const known = known_program(program.name);
  const bool has = known != nullptr && !known->on.empty() && program.config &&
                   !program.config->tls_place.file.empty();
  return has ? known : nullptr;
}

void add_server_option(const Asker& asker, const KnownProgram& known, Diagnosis& found) {
  const Program& program = *asker.program;
  HostFinding finding = of_program(FindingCode::ServerOptionMissing, program, asker.use.because);
  finding.place = program.config->tls_place;
  // With TLS 1.2 alone no peer can send a KeyUpdate.
  const bool only_tls12 = is_harmful(asker.effect.kind) && !known.only_tls12.empty();
  const std::string option =
      fmt::format("{}{}", only_tls12 ? fmt::format("{} ", known.only_tls12) : "", known.on);
  finding.words["option"] = option;
  finding.words["warning"] = warning_of(asker.effect);
  // A command of sed(1): append the option behind that line.
  finding.words["edit"] = fmt::format("{}a {}", finding.place.line, option);
  finding.words["test"] = known.test;
  if (!program.service.ends_with(".service")) finding.words["test"].clear();
  found.findings.push_back(std::move(finding));
}

void add_openssl_option(const Asker& asker, Diagnosis& found) {
  const Program& program = *asker.program;
  HostFinding finding = of_program(FindingCode::OpensslOptionMissing, program, asker.use.because);
  if (program.openssl) finding.place.file = program.openssl->path;
  finding.words["name"] = finding.subject;
  finding.words["warning"] = warning_of(asker.effect);
  found.findings.push_back(std::move(finding));
}

}  // namespace

void look_program_breaks(const DiagnosisInput& input, Diagnosis& found) {
  look_risk(input, ProgramRisk::Kind::Breaks, FindingCode::ProgramBreaks, true, found);
}

void look_program_key_update(const DiagnosisInput& input, Diagnosis& found) {
  look_risk(input, ProgramRisk::Kind::KeyUpdate, FindingCode::ProgramKeyUpdate, true, found);
}

// What the next step "load the module" would do to a program.
void look_loading_breaks(const DiagnosisInput& input, Diagnosis& found) {
  for (const auto kind : {ProgramRisk::Kind::Breaks, ProgramRisk::Kind::KeyUpdate})
    look_risk(input, kind, FindingCode::LoadingBreaks, false, found);
}

void look_server_option_missing(const DiagnosisInput& input, Diagnosis& found) {
  if (!programs_known(input, FindingCode::ServerOptionMissing, found)) return;
  for (const Asker& asker : not_asking(input)) {
    const KnownProgram* const known = with_own_option(*asker.program);
    if (known != nullptr && gains(asker)) add_server_option(asker, *known, found);
  }
}

void look_openssl_option_missing(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::OpensslOptionMissing;
  if (!programs_known(input, kCode, found)) return;
  for (const Asker& asker : not_asking(input)) {
    if (with_own_option(*asker.program) != nullptr) continue;
    if (asker.effect.kind == OptionEffect::Kind::Unknown || !is_known(*asker.program))
      add_doubt(DoubtKind::Undetermined,
                fmt::format("whether {} could use kernel TLS is not known: {}",
                            program_text(*asker.program),
                            is_known(*asker.program) ? asker.effect.because
                                                     : "how it hands connections to libssl is not"),
                join(asker.program->doubts, "; "), kCode, found);
    if (gains(asker)) add_openssl_option(asker, found);
  }
}

void look_switched_off(const DiagnosisInput& input, Diagnosis& found) {
  if (!programs_known(input, FindingCode::SwitchedOff, found)) return;
  for (const Program& program : input.programs->all) {
    if (!matters(program, input) || !program.config || !program.config->tls) continue;
    if (program.config->ktls.value_or(true)) continue;
    HostFinding finding = of_program(FindingCode::SwitchedOff, program,
                                     ktls_use(program, input.programs->gnutls_asks).because);
    finding.place = program.config->ktls_place;
    found.findings.push_back(std::move(finding));
  }
}

void look_program_cannot(const DiagnosisInput& input, Diagnosis& found) {
  if (!programs_known(input, FindingCode::ProgramCannot, found)) return;
  for (const Program& program : input.programs->all) {
    if (!matters(program, input) || lacks_ktls(openssl_text(program))) continue;
    const KtlsUse use = ktls_use(program, input.programs->gnutls_asks);
    if (use.answer == Answer::Never)
      found.findings.push_back(of_program(FindingCode::ProgramCannot, program, use.because));
  }
}

void look_program_would_break(const DiagnosisInput& input, Diagnosis& found) {
  if (!programs_known(input, FindingCode::ProgramWouldBreak, found)) return;
  for (const Asker& asker : not_asking(input)) {
    if (asker.effect.kind == OptionEffect::Kind::Breaks)
      found.findings.push_back(
          of_program(FindingCode::ProgramWouldBreak, *asker.program, asker.effect.because));
  }
}

std::string program_text(const Program& program) {
  if (!program.service.empty()) return fmt::format("{} ({})", program.name, program.service);
  if (program.pids.empty()) return program.name;
  return fmt::format("{} (pid {})", program.name, program.pids.front());
}

std::string openssl_text(const Program& program) {
  for (const ProgramLibrary& library : program.libraries) {
    if (library.kind == TlsLibrary::OpenSsl && !library.version.empty()) return library.version;
  }
  return {};
}

bool matters(const Program& program, const DiagnosisInput& input) {
  if (input.of_one_service) return true;
  if (program.pids.empty()) return false;
  // Without a look at connections a service counts as one that has some.
  if (!input.sockets) return !program.service.empty();
  return std::ranges::any_of(program.pids, [&](int pid) {
    return input.sockets->listening.contains(pid) || input.sockets->by_process.contains(pid);
  });
}

bool programs_known(const DiagnosisInput& input, FindingCode code, Diagnosis& found) {
  if (input.programs_failure) {
    add_doubt(DoubtKind::Unreadable,
              fmt::format("programs and their connections are not known: {}",
                          input.programs_failure->text),
              input.programs_failure->hint, code, found);
    return false;
  }
  if (!input.programs) {
    add_doubt(DoubtKind::NotLookedAt,
              "programs and their connections were not looked at: a recording of a machine does "
              "not have them",
              "run it on the machine itself", code, found);
    return false;
  }
  for (const std::string& text : input.programs->not_looked_at)
    add_doubt(DoubtKind::Unreadable, text, "run it as root, on the host itself", code, found);
  return true;
}

bool sockets_known(const DiagnosisInput& input, FindingCode code, Diagnosis& found) {
  if (!programs_known(input, code, found)) return false;
  if (!input.sockets) return false;  // the failure is a doubt of its own
  for (const std::string& text : input.sockets->not_looked_at)
    add_doubt(DoubtKind::Unreadable, text, "run it as root, on the host itself", code, found);
  return true;
}

}  // namespace tuner
