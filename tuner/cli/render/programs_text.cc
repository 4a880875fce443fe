#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"
#include "cli/render/programs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuner {
namespace {

// "nginx.service", "postgresql@15-main.service: postgres", "curl"
std::string name_text(const Program& program) {
  if (program.service.empty()) return program.name;
  if (program.service == program.name + ".service") return program.service;
  return fmt::format("{}: {}", program.service, program.name);
}

std::string runs_text(const Program& program) {
  if (program.pids.empty()) return "at boot";
  return program.pids.size() == 1 ? "1 process" : fmt::format("{} processes", program.pids.size());
}

// "OpenSSL 3.0.19", "go, built in", "OpenSSL 1.1.1w, bundled, replaced since"
std::string program_library_text(const ProgramLibrary& library) {
  const LibraryOrigin origin = library_origin(library);
  const std::string_view from = origin == LibraryOrigin::System    ? ""
                                : origin == LibraryOrigin::Bundled ? ", bundled"
                                                                   : ", built in";
  return fmt::format(
      "{}{}{}", library.version.empty() ? word_of(library.kind) : std::string_view(library.version),
      from, library.replaced ? ", replaced since" : "");
}

// Each text once: libssl of a process and of its plugin may be two files of one version.
std::string libraries_text(const Program& program) {
  std::vector<std::string> texts;
  for (const ProgramLibrary& library : program.libraries) {
    std::string text = program_library_text(library);
    if (std::ranges::count(texts, text) == 0) texts.push_back(std::move(text));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

Cell transport_cell(TlsTransport transport) {
  switch (transport) {
    case TlsTransport::Socket: return {"can"};
    case TlsTransport::OwnBio: return {"cannot: own BIO", Tint::Faint};
    case TlsTransport::MemoryBio: return {"cannot: memory BIO", Tint::Faint};
    case TlsTransport::Inherited: return {"breaks", Tint::Bad};
    case TlsTransport::Mixed: return {"unknown: mixed", Tint::Warning};
    case TlsTransport::None: break;
  }
  return {"unknown", Tint::Warning};
}

bool uses_openssl(const Program& program) {
  return std::ranges::any_of(program.libraries, [](const ProgramLibrary& library) {
    return library.kind == TlsLibrary::OpenSsl;
  });
}

Cell use_cell(const KtlsUse& use, bool suffers) {
  const bool told = use.answer != KtlsUse::Answer::Unknown;
  std::string text = fmt::format("{}{}", told && !use.sure ? "seems " : "", word_of(use.answer));
  if (suffers) return {std::move(text), Tint::Bad};
  if (use.answer == KtlsUse::Answer::Yes) return {std::move(text), Tint::Good};
  return {std::move(text), told ? Tint::None : Tint::Warning};
}

void add_details(const Program& program, Table& table) {
  if (!program.executable.empty())
    table.note(fmt::format("{}{}{}", program.executable,
                           program.pids.empty()       ? ""
                           : program.pids.size() == 1 ? ", pid "
                                                      : ", pids ",
                           fmt::join(program.pids, ", ")));
  for (const ProgramLibrary& library : program.libraries)
    table.note(fmt::format("library {} ({})", library.path, program_library_text(library)));
  if (program.openssl)
    table.note(fmt::format("OpenSSL configuration {}{}", program.openssl->path,
                           program.openssl->from_environment ? " (OPENSSL_CONF)" : ""));
}

void add_program_notes(const Program& program, const KtlsUse& use,
                       const std::optional<ProgramRisk>& risk, Table& table) {
  if (risk) {
    table.note(fmt::format("{}: {}", word_of(risk->kind), risk->text));
    for (const std::string& way : risk->ways_out) table.note("way out: " + way);
  } else {
    table.note(use.because);
  }
  for (const std::string& doubt : program.doubts) table.note("not looked at: " + doubt);
  if (!program.config) return;
  for (const std::string& doubt : program.config->doubts) table.note("not looked at: " + doubt);
}

std::string count_text(std::span<const DefectFinding> findings, DefectState state) {
  return fmt::format("{} {}", std::ranges::count(findings, state, &DefectFinding::state),
                     word_of(state));
}

std::string subject_of(const DefectFinding& finding) {
  if (finding.defect->of == Defect::Of::OpenSsl)
    return finding.version.empty() ? "an OpenSSL of unknown version" : finding.version;
  return finding.version.empty() ? "this vendor's kernel, whose number does not tell its fixes"
                                 : "kernel " + finding.version;
}

// "defects   of kernel 6.1.192: 2 affected, 6 unknown, 23 fixed"
std::string defects_summary(std::span<const DefectFinding> findings) {
  return text_line("defects   known of {}: {}, {}, {}", subject_of(findings.front()),
                   count_text(findings, DefectState::Affected),
                   count_text(findings, DefectState::Unknown),
                   count_text(findings, DefectState::Fixed));
}

Cell state_cell(DefectState state) {
  return {std::string(word_of(state)), state == DefectState::Affected ? Tint::Bad : Tint::Warning};
}

std::string use_text(const DefectFinding& finding) {
  std::string needed(needed_use(finding.defect->needs));
  if (!finding.defect->driver.empty())
    needed += fmt::format(" with driver {}", finding.defect->driver);
  if (finding.in_use == DefectUse::Unknown) return needed;
  return fmt::format("{}: {}", needed, finding.use_because);
}

}  // namespace

std::string programs_text(const Programs& programs, const RekeyFacts& kernel, bool whole,
                          const Display& display) {
  Table table({"program", "runs", "TLS library", "transport", "uses kernel TLS"});
  for (const Program& program : programs.all) {
    const KtlsUse use = ktls_use(program, programs.gnutls_asks);
    const auto risk = risk_of_ktls(program, programs.gnutls_asks, kernel);
    table.add({{name_text(program)},
               {runs_text(program)},
               {libraries_text(program)},
               uses_openssl(program) ? transport_cell(program.transport) : Cell{"-"},
               use_cell(use, risk.has_value())});
    add_program_notes(program, use, risk, table);
    if (whole) add_details(program, table);
  }
  std::string text;
  if (!table.empty())
    text = table.text(display);
  else if (programs.not_looked_at.empty())
    text = "programs  none speaks TLS\n";
  for (const std::string& missing : programs.not_looked_at)
    text += wrapped_lines(text_line("programs  {}", missing), display.width, 10);
  return text;
}

std::string defects_text(std::span<const DefectFinding> findings, bool whole,
                         const Display& display) {
  std::string text;
  Table table({"known defect", "here", "matters with"});
  for (std::size_t at = 0; at < findings.size();) {
    // The findings of one kernel or library stand together.
    const auto same = [&](const DefectFinding& finding) {
      return finding.defect->of == findings[at].defect->of &&
             finding.version == findings[at].version;
    };
    const auto count =
        static_cast<std::size_t>(std::ranges::find_if_not(findings.subspan(at), same) -
                                 findings.begin()) -
        at;
    text += wrapped_lines(defects_summary(findings.subspan(at, count)), display.width, 10);
    at += count;
  }
  for (const DefectFinding& finding : findings) {
    const bool affects = finding.state == DefectState::Affected && finding.in_use != DefectUse::No;
    if (finding.state == DefectState::Fixed || !(affects || whole)) continue;
    table.add({{std::string(finding.defect->id)}, state_cell(finding.state), {use_text(finding)}});
    table.note(fmt::format("{}; {}", finding.defect->symptom, next_step(finding)));
  }
  return table.empty() ? text : text + "\n" + table.text(display);
}

}  // namespace tuner
