// Started by shell completion: the runs that `rollback --run` can name, without collecting facts.
#include "cli/output/text_sink.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/tool.h"
#include "engine/journal.h"
#include "host/facts/collect.h"

namespace tuner {
namespace {

Answer answer_runs(Context& context) {
  const HostIdentity identity = collect_identity(context.host);
  const auto journal = Journal::load(context.store, identity.boot_id, identity.net_namespace);
  if (!journal) return failure(journal.error());
  Answer answer;
  document::Runs body;
  // Not views::reverse: clang 14 takes a vector of this type for no range.
  const auto& runs = journal->runs();
  for (auto one = runs.rbegin(); one != runs.rend(); ++one) {
    // An earlier boot's run cannot be undone alone.
    if (one->carried) continue;
    body.runs.push_back(one->info.id);
    context.terminal.result(text_line("{}", one->info.id));
  }
  *answer.body = std::move(body);
  return answer;
}

}  // namespace

Verb runs_verb() {
  return {
      .name = "runs",
      .summary = "started by shell completion: prints the runs of this boot, the last one first",
      .words = {},
      .internal = true,
      .options = {},
      .prepare = without_request<answer_runs>};
}

}  // namespace tuner
