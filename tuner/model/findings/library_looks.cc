// The TLS libraries of programs, and what became of their connections.
#include "base/text.h"
#include "model/findings/looks.h"
#include "model/programs/library_ability.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr ReleaseNumber kFirstReceivingTls13{3, 2, 0};

HostFinding of_program(FindingCode code, const Program& program, std::string library) {
  HostFinding finding = finding_of(code, program.service.empty() ? program.name : program.service);
  finding.words = {{"program", program_text(program)}, {"library", library}};
  finding.evidence = {fmt::format("{} uses {}", program.executable, library)};
  if (const std::string ability = library_ability(library); !ability.empty())
    finding.evidence.push_back(fmt::format("{} can hand over {}", library, ability));
  return finding;
}

bool uses_kernel_tls(const Program& program, const DiagnosisInput& input) {
  return has_kernel_tls(input.facts) &&
         ktls_use(program, input.programs->gnutls_asks).answer == KtlsUse::Answer::Yes;
}

// The sessions of all processes of a program.
SocketLook::Sessions sessions_of(const Program& program, const SocketLook& sockets) {
  SocketLook::Sessions sum;
  for (const int pid : program.pids) {
    const auto found = sockets.by_process.find(pid);
    if (found == sockets.by_process.end()) continue;
    sum.kernel += found->second.kernel;
    sum.outside += found->second.outside;
    sum.without_keys += found->second.without_keys;
    for (const auto& [because, count] : found->second.because) sum.because[because] += count;
  }
  return sum;
}

void add_sessions(const SocketLook::Sessions& sessions, HostFinding& finding) {
  finding.words["outside"] = fmt::format("{}", sessions.outside);
  finding.words["without_keys"] = fmt::format("{}", sessions.without_keys);
  finding.evidence.push_back(
      fmt::format("connections: {} in the kernel, {} not", sessions.kernel, sessions.outside));
  for (const auto& [because, count] : sessions.because)
    finding.evidence.push_back(fmt::format("{}: {}", count, because));
}

// One session in the kernel shows that the program can, and then the others may carry no TLS.
bool stays_outside(const Program& program, const SocketLook::Sessions& sessions,
                   const DiagnosisInput& input) {
  return uses_kernel_tls(program, input) && sessions.kernel == 0 &&
         sessions.outside > sessions.without_keys;
}

// Only a service can be restarted, which the advice says with the word "service".
void name_service(const Program& program, HostFinding& finding) {
  if (program.service.ends_with(".service")) finding.words["service"] = program.service;
}

}  // namespace

void look_library_too_old(const DiagnosisInput& input, Diagnosis& found) {
  if (!programs_known(input, FindingCode::LibraryTooOld, found)) return;
  for (const Program& program : input.programs->all) {
    const std::string library = openssl_text(program);
    if (matters(program, input) && lacks_ktls(library))
      found.findings.push_back(of_program(FindingCode::LibraryTooOld, program, library));
  }
}

void look_library_replaced(const DiagnosisInput& input, Diagnosis& found) {
  if (!programs_known(input, FindingCode::LibraryReplaced, found)) return;
  for (const Program& program : input.programs->all) {
    const auto old = std::ranges::find_if(program.libraries, &ProgramLibrary::replaced);
    if (!matters(program, input) || old == program.libraries.end()) continue;
    HostFinding finding = of_program(FindingCode::LibraryReplaced, program, old->path);
    name_service(program, finding);
    found.findings.push_back(std::move(finding));
  }
}

void look_library_defects(const DiagnosisInput& input, Diagnosis& found) {
  if (!programs_known(input, FindingCode::LibraryDefects, found)) return;
  for (const Program& program : input.programs->all) {
    const std::string library = openssl_text(program);
    if (library.empty() || !uses_kernel_tls(program, input)) continue;
    for (const DefectFinding& defect : openssl_defects(library)) {
      if (defect.state != DefectState::Affected) continue;
      HostFinding finding = of_program(FindingCode::LibraryDefects, program, library);
      finding.words["defect"] = defect.defect->id;
      finding.words["symptom"] = defect.defect->symptom;
      finding.words["needs"] = needed_use(defect.defect->needs);
      finding.words["fix"] = next_step(defect);
      found.findings.push_back(std::move(finding));
    }
  }
}

void look_receives_in_user_space(const DiagnosisInput& input, Diagnosis& found) {
  if (!programs_known(input, FindingCode::ReceivesInUserSpace, found)) return;
  for (const Program& program : input.programs->all) {
    const std::string library = openssl_text(program);
    const auto release = parse_release(library);
    if (!release || lacks_ktls(library) || *release >= kFirstReceivingTls13) continue;
    const bool tls13 = ktls_use(program, input.programs->gnutls_asks).tls13;
    if (tls13 && matters(program, input) && uses_kernel_tls(program, input))
      found.findings.push_back(of_program(FindingCode::ReceivesInUserSpace, program, library));
  }
}

void look_sessions_outside(const DiagnosisInput& input, Diagnosis& found) {
  if (!sockets_known(input, FindingCode::SessionsOutside, found)) return;
  for (const Program& program : input.programs->all) {
    const auto sessions = sessions_of(program, *input.sockets);
    if (!stays_outside(program, sessions, input)) continue;
    HostFinding finding = of_program(FindingCode::SessionsOutside, program, openssl_text(program));
    add_sessions(sessions, finding);
    name_service(program, finding);
    found.findings.push_back(std::move(finding));
  }
}

void look_seccomp_filter(const DiagnosisInput& input, Diagnosis& found) {
  if (!sockets_known(input, FindingCode::SeccompFilter, found)) return;
  for (const Program& program : input.programs->all) {
    const auto sessions = sessions_of(program, *input.sockets);
    if (!program.seccomp || !stays_outside(program, sessions, input)) continue;
    HostFinding finding = of_program(FindingCode::SeccompFilter, program, openssl_text(program));
    finding.evidence.emplace_back("Seccomp is 2 in /proc/PID/status of a process of it");
    found.findings.push_back(std::move(finding));
  }
}

void look_keys_not_set(const DiagnosisInput& input, Diagnosis& found) {
  if (!sockets_known(input, FindingCode::KeysNotSet, found)) return;
  for (const Program& program : input.programs->all) {
    const auto sessions = sessions_of(program, *input.sockets);
    if (sessions.without_keys == 0) continue;
    HostFinding finding = of_program(FindingCode::KeysNotSet, program, openssl_text(program));
    add_sessions(sessions, finding);
    found.findings.push_back(std::move(finding));
  }
}

// Not by program: libraries and languages ask for it without a word to their program.
void look_multipath_tcp(const DiagnosisInput& input, Diagnosis& found) {
  if (!sockets_known(input, FindingCode::MultipathTcp, found)) return;
  const std::uint64_t count = input.sockets->multipath;
  if (count == 0) return;
  HostFinding finding = finding_of(FindingCode::MultipathTcp);
  finding.words = {{"count", fmt::format("{}", count)}};
  finding.evidence = {
      fmt::format("socket diagnostics: {} sockets have the upper-layer protocol "
                  "mptcp",
                  count)};
  found.findings.push_back(std::move(finding));
}

void look_probe_off_path(const DiagnosisInput& input, Diagnosis& found) {
  if (!input.probe || input.probe->off_path.empty()) return;
  HostFinding finding = finding_of(FindingCode::ProbeOffPath);
  const ProbedOffPath& first = input.probe->off_path.front();
  finding.words = {{"at", input.probe->at},
                   {"version", first.version},
                   {"direction", first.direction == "tx" ? "sending" : "receiving"},
                   {"taken", first.taken},
                   {"expected", first.expected}};
  for (const ProbedOffPath& way : input.probe->off_path)
    finding.evidence.push_back(fmt::format("{} {}: {} instead of {}", way.version, way.direction,
                                           way.taken, way.expected));
  found.findings.push_back(std::move(finding));
}

}  // namespace tuner
