#include "cli/render/findings.h"
#include "cli/steps/diagnosis.h"
#include "cli/verbs/verbs.h"
#include "document/kinds.h"

#include <algorithm>

namespace tuner {
namespace {

// Not all known comes before what was found: a finding that matters more may be missing.
ExitCode code_of(const Diagnosis& diagnosis) {
  if (std::ranges::any_of(diagnosis.doubts, could_not_look)) return ExitCode::Failed;
  return std::ranges::any_of(diagnosis.findings, needs_action) ? ExitCode::PathNotTaken
                                                               : ExitCode::Ok;
}

Answer run(Context& context) {
  const Diagnosis diagnosis = diagnose(look_at_host(context));
  const std::string answer_text = diagnosis_answer(diagnosis);
  Answer answer;
  answer.exit_code = code_of(diagnosis);
  answer.body->keys = diagnosis_document(diagnosis, answer_text);
  const bool evidence = context.options.explain || context.options.verbose;
  context.terminal.result(
      diagnosis_text(diagnosis, answer_text, evidence, context.terminal.display()));
  return answer;
}

}  // namespace

Verb diagnose_verb() {
  return {.name = "diagnose",
          .summary =
              "says why TLS is not in the kernel or the NIC, and what makes it unsafe there, with "
              "the next step",
          .words = {},
          .options = {},
          .help = {.takes = {"--profile", "--root", "--explain", "--verbose", "--timeout"},
                   .examples = {{"ktls-tuner diagnose",
                                 "everything that was found on this machine, the worst first"},
                                {"ktls-tuner diagnose --explain", "also what was read"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::PathNotTaken,
                             ExitCode::Usage, ExitCode::DataUnusable, ExitCode::Bug}},
          .prepare = without_request<run>};
}

}  // namespace tuner
