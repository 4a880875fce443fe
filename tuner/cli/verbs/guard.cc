// The guard that `apply --confirm-within` starts (engine/guard.h). Its output goes nowhere; the
// history and the system log record its actions.
#include "engine/guard.h"

#include "cli/output/text_sink.h"
#include "cli/verbs/verbs.h"
#include "host/facts/collect.h"
#include "host/process/detached.h"
#include "knobs/catalog.h"

#include <utility>

namespace tuner {
namespace {

constexpr std::chrono::seconds kTryAgain{1};

// text_line() escapes names of profiles and programs in the line.
void log(std::string_view line) {
  write_system_log(text_line("{}", line));
}

// Retries while the record cannot be read: a run must not lose its guard for a temporary failure.
// Refused is final: the run needs no guard.
Result<PendingConfirm> announce(Context& context, const std::string& run,
                                const ProcessIdentity& me) {
  bool told = false;
  while (true) {
    const std::string boot_id = collect_identity(context.host).boot_id;
    auto record = register_guard(context.store, boot_id, run, me);
    if (record || record.error().fault == Fault::Refused) return record;
    if (!std::exchange(told, true)) log(record.error().text);
    context.host.clock().sleep(kTryAgain);
  }
}

Result<std::string> run_of(const Options& options) {
  return options.run;
}

Answer guard(Context& context, const std::string& run) {
  // The end of the login session sends SIGHUP to its processes, which is the very case the guard is
  // for.
  ignore_signals();
  const FileTree& files = context.host.files();
  const ProcessIdentity me = this_process(files);
  const auto record = announce(context, run, me);
  if (!record) return failure(record.error());
  // A second guard, a child of this one, takes over if this process is killed.
  Companion second({"guard", "--run", run});
  const GuardHooks hooks{
      .kill = [&](const ProcessIdentity& process) { kill_process(files, process); },
      .log = log,
      .keep_second = [&] { second.keep(); }};
  run_guard(context.host, context.store, catalog(), *record, me, hooks);
  return {};
}

}  // namespace

Verb guard_verb() {
  return {.name = "guard",
          .summary = "started by `apply --confirm-within`: undoes its run unless it is confirmed",
          .words = {},
          .writes = true,
          .internal = true,
          .options = {{"--run", "ID", "run to guard", into<&Options::run>()}},
          .prepare = with_request<run_of, guard>};
}

}  // namespace tuner
