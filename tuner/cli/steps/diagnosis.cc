#include "cli/steps/diagnosis.h"

#include "cli/steps/named_program.h"
#include "cli/steps/programs_look.h"
#include "cli/steps/session.h"
#include "host/facts/collect.h"
#include "host/facts/surroundings.h"
#include "host/programs/collect.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// Without modules and files for the next boot: findings of their own are about these, and a plan of
// them looks at all programs again.
void look_at_plan(const Context& context, DiagnosisInput& input) {
  SessionRequest request;
  request.skip = {"module", "persist"};
  OpenedSession opened = open_session(context, request, /*writing=*/false);
  if (!opened.session) {
    for (const Error& error : opened.answer.errors)
      input.failures.push_back(fmt::format("the profile was not looked at: {}", error.text));
    for (const Diagnostic& diagnostic : opened.answer.diagnostics)
      input.failures.push_back(
          fmt::format("the profile was not looked at: {}", diagnostic.message));
    return;
  }
  Session& session = *opened.session;
  const RunInfo* const active = session.journal.active();
  if (active != nullptr) input.accepted = active->accepted_risks;
  session.options.every_owner = true;
  input.plan = make_plan(context.host, input.facts, plan_input(session));
  input.plan_is_active = active != nullptr && active->profile == session.profile.name;
}

bool asks(const DiagnosisQuestion& question) {
  return !question.service.empty() || question.pid;
}

// Keeps of the programs those that the question is about.
Outcome choose(const DiagnosisQuestion& question, DiagnosisInput& input) {
  if (!asks(question)) return {};
  std::vector<Program> chosen;
  if (question.pid) {
    for (const Program& program : input.programs->all)
      if (std::ranges::count(program.pids, *question.pid) > 0) chosen.push_back(program);
  } else {
    for (const Program* const program : TRY(programs_named(*input.programs, question.service)))
      chosen.push_back(*program);
  }
  if (chosen.empty())
    return fail(
        Fault::NotFound,
        fmt::format("process {} speaks no TLS that was found, or does not exist", *question.pid),
        input.programs->not_looked_at.empty() ? "ktls-tuner facts --programs lists those that do"
                                              : input.programs->not_looked_at.front());
  input.programs->all = std::move(chosen);
  input.of_one_service = true;
  return {};
}

// Without the programs of the recording there is no answer about one of them.
Outcome without_programs(const DiagnosisQuestion& question, const Error& error,
                         DiagnosisInput& input) {
  const bool recorded = error.fault != Fault::NotRecorded;
  if (asks(question))
    return recorded ? fail(error)
                    : fail(Fault::Invalid, "a recorded machine has no programs to ask about",
                           "leave out --service and --pid, run it on the machine itself, or record "
                           "the machine with facts --bundle");
  if (recorded) input.programs_failure = error;
  return {};
}

Outcome replay_programs(const Context& context, const DiagnosisQuestion& question,
                        DiagnosisInput& input) {
  auto look = recorded_look(context, input.facts.host);
  if (!look) return without_programs(question, look.error(), input);
  input.programs = std::move(look->programs);
  input.sockets = std::move(look->sockets);
  input.probe = std::move(look->probe);
  input.accepted = std::move(look->accepted);
  input.failures = std::move(look->failures);
  return choose(question, input);
}

// The programs first: a name that none has costs no look at the sockets.
Outcome look_at_programs_here(const Context& context, const DiagnosisQuestion& question,
                              DiagnosisInput& input) {
  input.programs = collect_programs(context.host.files());
  TRY(choose(question, input));
  input.sockets = look_at_sockets(context, input.failures);
  input.probe = look_at_probe(context, input.facts.host.kernel);
  return {};
}

}  // namespace

Result<DiagnosisInput> look_at_host(const Context& context, const DiagnosisQuestion& question) {
  const Host& host = context.host;
  DiagnosisInput input;
  input.recorded = !context.options.root.empty();
  input.facts = collect_facts(host, FactNeed::All);
  input.surroundings = collect_surroundings(host, input.facts.nics);
  input.kernel = rekey_facts(host.files());
  input.defects = kernel_defects(input.kernel.upstream, input.facts);
  if (input.recorded)
    TRY(replay_programs(context, question, input));
  else
    TRY(look_at_programs_here(context, question, input));
  look_at_plan(context, input);
  return input;
}

}  // namespace tuner
