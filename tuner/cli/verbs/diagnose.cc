#include "document/diagnose.h"

#include "cli/render/findings.h"
#include "cli/steps/diagnosis.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "model/findings/server_answer.h"
#include "model/findings/service_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace tuner {
namespace {

Result<DiagnosisQuestion> about_server(const Options& options) {
  if (options.pid || !options.service.empty())
    return fail(Fault::Invalid,
                "--connect is about a server elsewhere, --service and --pid about this host",
                "ask one question at a time");
  if (!options.root.empty())
    return fail(Fault::Invalid, "a recorded machine makes no connection",
                "leave out --root, or run it on the machine itself");
  ServerProbe server = TRY(server_asked_for(options));
  return DiagnosisQuestion{.service = {}, .pid = {}, .server = std::move(server)};
}

Result<DiagnosisQuestion> question_of(const Options& options) {
  if (options.connect) return about_server(options);
  if (const auto option = option_for_server(options); !option.empty())
    return fail(Fault::Invalid, fmt::format("{} is for a server elsewhere", option),
                "add --connect HOST:PORT");
  if (!options.service.empty() && options.pid)
    return fail(Fault::Invalid, "--service and --pid both name a program", "give one of them");
  return DiagnosisQuestion{.service = options.service, .pid = options.pid};
}

// Not all known comes before what was found: a finding that matters more may be missing.
ExitCode code_of(const Diagnosis& diagnosis) {
  if (std::ranges::any_of(diagnosis.doubts, could_not_look)) return ExitCode::Failed;
  const bool to_do = std::ranges::any_of(diagnosis.findings,
                                         [](const HostFinding& it) { return needs_action(it); });
  return to_do ? ExitCode::PathNotTaken : ExitCode::Ok;
}

Answer not_asked(const Error& error) {
  const bool usage = error.fault == Fault::Invalid || error.fault == Fault::NotFound;
  return failure(usage ? ExitCode::Usage : ExitCode::Failed, error);
}

Diagnosis diagnosis_of(const DiagnosisInput& input) {
  if (input.server) return diagnose_server(input);
  return input.of_one_service ? diagnose_service(input) : diagnose(input);
}

DiagnosisAnswer answer_of(const DiagnosisInput& input, const Diagnosis& diagnosis) {
  if (input.server) return {.sentence = server_answer(input), .evidence = server_evidence(input)};
  return {.sentence = input.of_one_service ? service_answer(input) : diagnosis_answer(diagnosis)};
}

Answer answer_diagnose(Context& context, const DiagnosisQuestion& question) {
  const auto input = look_at_host(context, question);
  if (!input) return not_asked(input.error());
  const Diagnosis diagnosis = diagnosis_of(*input);
  const DiagnosisAnswer found = answer_of(*input, diagnosis);
  Answer answer;
  answer.exit_code = code_of(diagnosis);
  *answer.body = diagnosis_document(diagnosis, found);
  const GlobalOptions& options = context.options;
  const bool evidence = options.explain || options.verbose || input->of_one_service;
  context.terminal.result(diagnosis_text(diagnosis, found, evidence, context.terminal.display()));
  return answer;
}

std::vector<OptionRow> diagnose_options() {
  std::vector<OptionRow> all = {
      {"--service", "SERVICE",
       "only about this unit, program or executable: where its TLS is, and why; with --root, as "
       "facts --bundle recorded it",
       into<&Options::service>()},
      {"--pid", "PID", "the same for the program of this process",
       into_by<&Options::pid, read_pid>()},
      {"--connect", "HOST:PORT",
       "about a TLS server elsewhere: what it accepts, which of it this host's kernel or NIC "
       "takes over, and why not the rest; up to 12 connections",
       into_by<&Options::connect, read_peer>()}};
  std::ranges::move(server_options(), std::back_inserter(all));
  return all;
}

}  // namespace

Verb diagnose_verb() {
  return {.name = "diagnose",
          .summary =
              "says why TLS is not in the kernel or the NIC, and what makes it unsafe there, with "
              "the next step",
          .words = {},
          .options = diagnose_options(),
          .help = {.takes = {"--profile", "--root", "--explain", "--verbose", "--timeout"},
                   .examples = {{"ktls-tuner diagnose --service nginx",
                                 "why the TLS of nginx is not in the kernel, in one sentence, and "
                                 "the evidence"},
                                {"ktls-tuner diagnose --connect mail.example:25 --starttls smtp",
                                 "what of the TLS of a mail server elsewhere can be in this host's "
                                 "kernel, and why not the rest"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::PathNotTaken,
                             ExitCode::Usage, ExitCode::DataUnusable, ExitCode::Bug}},
          .prepare = with_request<question_of, answer_diagnose>};
}

}  // namespace tuner
