#include "cli/render/findings.h"
#include "cli/steps/diagnosis.h"
#include "cli/verbs/verbs.h"
#include "document/kinds.h"
#include "model/findings/service_answer.h"

#include <algorithm>

namespace tuner {
namespace {

Result<DiagnosisQuestion> question_of(const Options& options) {
  if (!options.service.empty() && options.pid)
    return fail(Fault::Invalid, "--service and --pid both name a program", "give one of them");
  return DiagnosisQuestion{.service = options.service, .pid = options.pid};
}

// Not all known comes before what was found: a finding that matters more may be missing.
ExitCode code_of(const Diagnosis& diagnosis) {
  if (std::ranges::any_of(diagnosis.doubts, could_not_look)) return ExitCode::Failed;
  return std::ranges::any_of(diagnosis.findings, needs_action) ? ExitCode::PathNotTaken
                                                               : ExitCode::Ok;
}

Answer not_asked(const Error& error) {
  const bool usage = error.fault == Fault::Invalid || error.fault == Fault::NotFound;
  return failure(usage ? ExitCode::Usage : ExitCode::Failed, error);
}

Answer run(Context& context, const DiagnosisQuestion& question) {
  const auto input = look_at_host(context, question);
  if (!input) return not_asked(input.error());
  const Diagnosis diagnosis = input->of_one_service ? diagnose_service(*input) : diagnose(*input);
  const std::string sentence =
      input->of_one_service ? service_answer(*input) : diagnosis_answer(diagnosis);
  Answer answer;
  answer.exit_code = code_of(diagnosis);
  answer.body->keys = diagnosis_document(diagnosis, sentence);
  const GlobalOptions& options = context.options;
  const bool evidence = options.explain || options.verbose || input->of_one_service;
  context.terminal.result(
      diagnosis_text(diagnosis, sentence, evidence, context.terminal.display()));
  return answer;
}

}  // namespace

Verb diagnose_verb() {
  return {.name = "diagnose",
          .summary =
              "says why TLS is not in the kernel or the NIC, and what makes it unsafe there, with "
              "the next step",
          .words = {},
          .options = {{"--service", "SERVICE",
                       "only about this unit, program or executable: where its TLS is, and why; "
                       "with --root, as facts --bundle recorded it",
                       into<&Options::service>()},
                      {"--pid", "PID", "the same for the program of this process",
                       into_by<&Options::pid, read_pid>()}},
          .help = {.takes = {"--profile", "--root", "--explain", "--verbose", "--timeout"},
                   .examples = {{"ktls-tuner diagnose",
                                 "everything that was found on this machine, the worst first"},
                                {"ktls-tuner diagnose --service nginx",
                                 "why the TLS of nginx is not in the kernel, in one sentence, and "
                                 "the evidence"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::PathNotTaken,
                             ExitCode::Usage, ExitCode::DataUnusable, ExitCode::Bug}},
          .prepare = with_request<question_of, run>};
}

}  // namespace tuner
