#include "cli/steps/probe_run.h"

#include "cli/render/documents.h"
#include "cli/render/kernel_trials_text.h"
#include "cli/render/key_updates_text.h"
#include "cli/render/last_probe.h"
#include "cli/render/openssl_option_text.h"
#include "cli/render/text.h"
#include "document/envelope.h"
#include "document/probe.h"
#include "host/facts/collect.h"
#include "host/process/process.h"
#include "host/programs/collect.h"
#include "probe/cipher_reasons.h"
#include "probe/run_probe.h"
#include "probe/warnings.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// nullopt: they are safe, or the profile does not expect it.
std::optional<Error> key_update_error(const JudgedReport& judged) {
  if (!judged.expects_safe_key_updates()) return std::nullopt;
  const auto& updates = judged.key_updates();
  if (!updates) {
    return Error{.fault = Fault::Unsupported,
                 .text =
                     "the profile expects KeyUpdates to be safe (expect.safe), and they are "
                     "tried over loopback only",
                 .hint = "run ktls-tuner probe without --listen and --connect"};
  }
  if (updates->safety == KeyUpdateSafety::Safe) return std::nullopt;
  return Error{.fault = Fault::Io,
               .text = fmt::format("the profile expects KeyUpdates to be safe (expect.safe): {}: "
                                   "{}",
                                   word_of(updates->safety), updates->because),
               .hint = {}};
}

// Programs are looked at only where the option is the missing piece, and only with the right to
// look at those of other users: each that may not be read would be a failed read in the report.
void warn_of_openssl_option(Context& context, ProbeReport& report) {
  const LibraryFacts& library = report.library;
  if (library.config_asks || !sends_in_kernel(report)) return;
  const FileTree& files = context.host.files();
  const bool may_look = missing_capabilities(files, {"CAP_SYS_PTRACE"}).empty();
  report.warnings.push_back(
      may_look
          ? openssl_option_warning(library.config_file, collect_programs(files), rekey_facts(files))
          : openssl_option_warning(library.config_file,
                                   "this needs CAP_SYS_PTRACE, run it as root"));
}

}  // namespace

// Inconclusive has the code of "path not taken": a script must not go on with a path that is not
// proved.
ExitCode exit_code_of(ProbeVerdict verdict) {
  switch (verdict) {
    case ProbeVerdict::AsExpected: return ExitCode::Ok;
    case ProbeVerdict::Inconclusive:
    case ProbeVerdict::Unsafe:
    case ProbeVerdict::PathNotTaken: return ExitCode::PathNotTaken;
    case ProbeVerdict::Unsupported: return ExitCode::Unsupported;
    case ProbeVerdict::Failed: return ExitCode::Failed;
  }
  return ExitCode::Failed;
}

Error error_of(const JudgedCell& judged) {
  const ProbeCell& cell = judged.cell();
  return {.fault = judged.result() == CellResult::Unsupported ? Fault::Unsupported : Fault::Io,
          .text = fmt::format("{} {}: tx {}, rx {}: {}", tls_version_name(cell.version),
                              tls_cipher_name(cell.cipher),
                              tls_path_name(judged.path(TlsDirection::Tx)),
                              tls_path_name(judged.path(TlsDirection::Rx)), judged.because()),
          .hint = {}};
}

Proof prove(Context& context, const Profile& profile, const LoopbackProbe& probe) {
  context.terminal.talk("probe: TLS handshakes and transfers over loopback, a few seconds");
  ProbeRequest request{.time_limit = context.options.timeout};
  request.bytes_each_way = probe.bytes_each_way.value_or(request.bytes_each_way);
  request.key_updates = probe.thorough || expects_safe_key_updates(profile);
  request.kernel_trials = probe.thorough;
  auto report = run_loopback_probe(request);
  if (report) return judge_report(context, profile, std::move(*report));
  Proof proof;
  proof.answer = failure(ExitCode::Failed, report.error());
  return proof;
}

Proof judge_report(Context& context, const Profile& profile, ProbeReport report) {
  Proof proof;
  // After the probe: its connections make the kernel instantiate its ciphers.
  explain_ciphers(report, collect_facts(context.host, FactNeed::Crypto).crypto);
  warn_of_openssl_option(context, report);
  proof.report = judge(std::move(report), profile);
  proof.answer.exit_code = exit_code_of(proof.report->verdict());
  for (const JudgedCell& cell : proof.report->cells()) {
    if (cell.result() == CellResult::Fail || cell.result() == CellResult::Unsupported)
      proof.answer.errors.push_back(error_of(cell));
  }
  if (auto error = key_update_error(*proof.report))
    proof.answer.errors.push_back(std::move(*error));
  context.terminal.result(probe_text(*proof.report, context));
  context.terminal.result(key_updates_text(*proof.report, context));
  context.terminal.result(kernel_trials_text(*proof.report, context));
  for (const std::string& warning : proof.report->report().warnings)
    context.terminal.result(warning_text(warning));
  return proof;
}

void save_report(const Context& context, const Proof& proof,
                 std::chrono::system_clock::time_point began) {
  if (!proof.report) return;
  // An ordinary user may probe, and cannot write the tool's state.
  if (!missing_capabilities(context.host.files(), {"CAP_DAC_OVERRIDE"}).empty()) return;
  Answer answer;
  answer.exit_code = proof.answer.exit_code;
  answer.errors = proof.answer.errors;
  *answer.body = probe_document(*proof.report);
  const Occasion occasion{.kind = "probe",
                          .host = collect_identity(context.host),
                          .started_at = began,
                          .duration = std::chrono::duration_cast<std::chrono::milliseconds>(
                              context.host.clock().now() - began)};
  if (auto kept = context.store.replace(kProbeReportPath, document_text(occasion, answer)); !kept)
    context.terminal.talk("warning: this probe's report was not kept: " + kept.error().text);
}

}  // namespace tuner
