// Starts a command near a NIC and with kernel TLS: this process becomes it.
#include "document/run.h"

#include "cli/steps/run_plan.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "host/process/become.h"

#include <fmt/format.h>

namespace tuner {
namespace {

Result<RunRequest> run_request(const Options& options) {
  if (!options.words.empty())
    return fail(Fault::Invalid,
                fmt::format("the command does not begin at '{}'", options.words.front()),
                "write -- before it: ktls-tuner run --ktls -- COMMAND");
  if (options.command.empty())
    return fail(Fault::Invalid, "no command is given",
                "write it behind --: ktls-tuner run --ktls -- COMMAND");
  if (options.near.empty() && !options.ktls)
    return fail(Fault::Invalid, "neither --near nor --ktls is given, so nothing would be set",
                "ktls-tuner run --help lists both");
  if (!options.accept_risk.empty() && !options.ktls)
    return fail(Fault::Invalid, "--accept-risk is about --ktls, which is not given");
  if (options.json && !options.dry_run)
    return fail(Fault::Invalid, "stdout belongs to the command, so there is no document",
                "--dry-run --json prints what would be set");
  return RunRequest{.command = options.command,
                    .near = options.near,
                    .ktls = options.ktls,
                    .dry_run = options.dry_run,
                    .accepted = options.accept_risk};
}

Outcome place(const Context& context, const RunNear& near) {
  const CpuSet cpus = TRY(run_on(near.cpus));
  if (cpus != near.cpus)
    context.terminal.talk(fmt::format("note: of the CPUs {} near {} only {} may be used",
                                      near.cpus.to_list(), near.nic, cpus.to_list()));
  if (near.local.node < 0) return {};
  auto memory = prefer_memory_of(near.local.node);
  // Memory that is farther away is slower and no fault.
  if (!memory && memory.error().fault != Fault::Unsupported) return memory;
  if (!memory) context.terminal.talk("note: " + memory.error().text);
  return {};
}

// Returns only if it fails.
Error start(const Context& context, const RunPlan& plan) {
  std::vector<std::string> variables;
  if (plan.ktls && !plan.ktls->file.empty()) {
    if (const auto kept = keep_run_conf(plan.ktls->file, plan.ktls->text); !kept)
      return kept.error();
    variables.push_back("OPENSSL_CONF=" + plan.ktls->file);
  }
  if (plan.near) {
    if (const auto placed = place(context, *plan.near); !placed) return placed.error();
  }
  return become(plan.path, plan.command, variables);
}

Answer answer_run(Context& context, const RunRequest& request) {
  const auto plan = run_plan(context, request);
  if (!plan)
    return failure(
        plan.error().fault == Fault::Invalid ? ExitCode::Usage : exit_code_of(plan.error().fault),
        plan.error());
  if (request.dry_run) {
    Answer answer;
    context.terminal.result(run_text(*plan));
    *answer.body = run_document(*plan);
    return answer;
  }
  for (const std::string& note : plan->notes) context.terminal.talk("note: " + note);
  return failure(start(context, *plan));
}

}  // namespace

Verb run_verb() {
  return {
      .name = "run",
      .summary =
          "starts a command on the CPUs and memory of a NIC's NUMA node, and with "
          "OpenSSL's kernel TLS, and becomes it",
      .words = "-- COMMAND...",
      .takes_command = true,
      .options = {{"--near", "NIC", "use the CPUs of this NIC's NUMA node, and prefer its memory",
                   into<&Options::near>()},
                  {"--ktls", "",
                   "set OPENSSL_CONF to a configuration that keeps the command's own and asks "
                   "for kernel TLS",
                   into<&Options::ktls>()},
                  {"--accept-risk", "RISK",
                   "start it although it breaks by kernel TLS or a peer can break its "
                   "connections (repeatable)",
                   into<&Options::accept_risk>()},
                  {"--dry-run", "", "only show what would be set", into<&Options::dry_run>()}},
      .help = {.takes = {"--timeout"},
               .examples = {{"ktls-tuner run --near eth0 --ktls -- openssl s_server -port 4433",
                             "start a server near eth0 with kernel TLS"},
                            {"ktls-tuner run --ktls --dry-run -- /usr/bin/python3 server.py",
                             "show whether a program gains by kernel TLS, and what it risks"}},
               .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Unsupported, ExitCode::Usage,
                         ExitCode::Bug, ExitCode::NotPermitted}},
      .prepare = with_request<run_request, answer_run>};
}

}  // namespace tuner
