#include "cli/steps/diagnosis.h"

#include "cli/steps/named_program.h"
#include "cli/steps/programs_look.h"
#include "cli/steps/server_look.h"
#include "cli/steps/session.h"
#include "host/facts/collect.h"
#include "host/facts/live_surroundings.h"
#include "host/facts/surroundings.h"
#include "host/files/local_profile_files.h"
#include "host/programs/collect.h"
#include "model/findings/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace tuner {
namespace {

// The profile as `-p` takes it: by its name, if that means this file.
std::string as_argument(const Session& session) {
  const std::string file = fmt::format("{}.yaml", session.profile.name);
  const auto files = local_profile_files();
  for (const std::string& directory : profile_directories()) {
    const auto names = files->list(directory);
    if (!names || std::ranges::count(*names, file) == 0) continue;
    const std::string path =
        std::filesystem::absolute(fmt::format("{}/{}", directory, file)).lexically_normal();
    return path == session.path ? session.profile.name : session.path;
  }
  return session.path;
}

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
  input.plan_source = as_argument(session);
  input.plan = make_plan(context.host, input.facts, plan_input(session));
  input.plan_is_active = active != nullptr && active->profile == session.profile.name;
}

bool asks(const DiagnosisQuestion& question) {
  return !question.service.empty() || question.pid;
}

// Counters of errors that are not 0 are read again, to say whether they grow. A healthy host does
// not wait.
void look_at_counters_again(const Context& context, DiagnosisInput& input) {
  using std::chrono::milliseconds;
  constexpr milliseconds kApart{1000};
  if (!counts_errors(input.facts)) return;
  const Clock& clock = context.host.clock();
  const milliseconds began = clock.since_boot();
  clock.sleep(kApart);
  auto counters = collect_facts(context.host, FactNeed::TlsStat).tls_stat;
  if (!counters) return;
  const auto seconds = static_cast<double>((clock.since_boot() - began).count()) / 1000;
  input.later = LaterCounters{.seconds = seconds, .tls_stat = std::move(*counters)};
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
  input.kernel = rekey_facts(host.files());
  input.defects = kernel_defects(input.kernel.upstream, input.facts);
  // Programs of this host have nothing to do with it, and neither has the profile.
  if (question.server) {
    input.server =
        server_look(*question.server, ask_server(context, *question.server, Profile(), {}));
    return input;
  }
  input.surroundings = collect_surroundings(host, input.facts.nics);
  if (input.recorded) {
    TRY(replay_programs(context, question, input));
  } else {
    add_live_surroundings(*input.surroundings);
    look_at_counters_again(context, input);
    TRY(look_at_programs_here(context, question, input));
  }
  look_at_plan(context, input);
  return input;
}

}  // namespace tuner
