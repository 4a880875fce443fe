// The process that `apply --confirm-within` leaves behind: see engine/guard.h. Nobody reads its
// output; what it does is in the history and in the system log.
#include "cli/verb.h"
#include "engine/guard.h"
#include "host/collect_facts.h"
#include "host/detached.h"
#include "knobs/catalog.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

Answer run(Context& context) {
  stay_alive();
  const FileTree& files = context.host.files();
  const std::string boot_id = collect_identity(context.host).boot_id;
  const auto announced =
      announce_guard(context.store, boot_id, context.options.run, this_process(files));
  if (!announced) return failure(announced.error());
  const GuardHooks hooks{
      .kill = [&](const ProcessIdentity& writer) { kill_process(files, writer); },
      .log = write_system_log};
  Answer answer;
  if (stand_guard(context.host, context.store, catalog(), *announced, hooks) == GuardEnd::GaveUp)
    answer.exit_code = ExitCode::Failed;
  return answer;
}

}  // namespace

Verb guard_verb() {
  return {.name = "guard",
          .summary = "started by `apply --confirm-within`: undoes its run unless it is confirmed",
          .words = {},
          .writes = true,
          .internal = true,
          .options = {{"--run", "ID", "the run that it guards", &Options::run}},
          .run = run};
}

}  // namespace tuner
