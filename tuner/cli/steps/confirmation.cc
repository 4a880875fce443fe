#include "cli/steps/confirmation.h"

#include "base/duration.h"
#include "cli/output/text_sink.h"
#include "cli/render/documents.h"
#include "document/plan.h"
#include "host/facts/collect.h"
#include "host/process/detached.h"

#include <fmt/format.h>

namespace tuner {
namespace {

using ApplyEnd = ApplyReport::End;

// Detached from the login session: it must survive the end of the session that it guards against.
Outcome launch_guard(const std::string& run) {
  return start_detached("ktls-tuner-guard-" + run, {"guard", "--run", run});
}

bool is_last_run(const Journal& journal, const std::string& run) {
  return !journal.runs().empty() && journal.runs().back().info.id == run;
}

}  // namespace

Confirmation::Confirmation(Context& context, const RunInfo& run,
                           std::optional<std::chrono::seconds> within, bool persist,
                           OnFailure on_failure)
    : context_(context), on_failure_(on_failure) {
  if (!within) return;
  pending_ = PendingConfirm{.run = run.id,
                            .boot_id = run.boot_id,
                            .profile = run.profile,
                            .within = *within,
                            .persist = persist,
                            .writer = this_process(context.host.files())};
}

std::function<Outcome()> Confirmation::guard_starter() {
  if (!pending_) return {};
  return [this] {
    auto armed = start_guard(context_.host, context_.store, *pending_, launch_guard);
    guarded_ = armed.has_value();
    return armed;
  };
}

std::function<Outcome()> Confirmation::begun_recorder() {
  if (!pending_) return {};
  return [this] { return begin_applying(context_.host, context_.store, *pending_); };
}

// A run that failed and was rolled back has nothing to confirm. One whose rollback failed stays
// with its guard, which tries again.
std::string Confirmation::finish_run(const Journal& journal, const ApplyReport& report,
                                     Answer& answer) {
  if (!pending_) return {};
  if (!guarded_) return report.end == ApplyEnd::Nothing ? "nothing to confirm\n" : "";
  const bool kept = report.end == ApplyEnd::Applied || on_failure_ == OnFailure::Keep;
  if (report.end == ApplyEnd::RolledBack || !is_last_run(journal, pending_->run)) {
    std::optional<Error> lost;
    if (auto settled =
            decide_pending(context_.store, *pending_, PendingConfirm::Stage::Undone, lost);
        !settled)
      answer.errors.push_back(settled.error());
    return {};
  }
  if (kept) return await(answer);
  return text_line("its guard (pid {}) retries the rollback", pending_->guard.pid);
}

std::string Confirmation::await(Answer& answer) {
  if (auto waits = await_confirm(context_.host, context_.store, *pending_); !waits) {
    Error error = waits.error();
    error.hint = fmt::format("its guard (pid {}) undoes the run", pending_->guard.pid);
    answer.errors.push_back(std::move(error));
    answer.exit_code = worst(answer.exit_code, ExitCode::Failed);
    return {};
  }
  return text_line(
      "to keep this: ktls-tuner confirm, within {}; otherwise its guard (pid {}) undoes run {}",
      duration_text(pending_->within), pending_->guard.pid, pending_->run);
}

std::optional<document::Pending> pending_now(const Context& context) {
  const auto pending = load_pending(context.store, collect_identity(context.host).boot_id);
  return pending ? pending_document(context.host, *pending) : std::nullopt;
}

}  // namespace tuner
