#include "cli/steps/tune_bench.h"

#include "bench/schedule.h"
#include "cli/render/bench/bench.h"
#include "cli/render/bench/saved_bench_text.h"
#include "cli/request/version.h"
#include "cli/steps/bench_run.h"
#include "cli/steps/interrupt.h"
#include "document/kinds.h"
#include "host/facts/collect.h"
#include "report/bench_comparison.h"

namespace tuner {

Result<SavedDocument> bench_for_tune(Context& context) {
  const auto began = context.host.clock().now();
  const InterruptGuard guard;
  const MeasuredBench measured = TRY(measure_bench(context, {.total = kQuickBench}));
  Answer answer;
  add_bench_errors(measured, answer);
  // Half of a benchmark is nothing to compare with.
  if (!answer.errors.empty()) return fail(answer.errors.front());
  context.terminal.result(bench_text(measured.result, context.terminal.display()));
  const HostIdentity host = collect_identity(context.host);
  SavedDocument document{.file = {},
                         .kind = "bench",
                         .tool_version = std::string(kVersion),
                         .hostname = host.hostname,
                         .kernel = host.kernel,
                         .boot_id = host.boot_id,
                         .emulated = host.emulated,
                         .started_at = utc_time(began)};
  document.bench = bench_document(measured.result);
  return document;
}

document::TuneBench compare_for_tune(Context& context, const SavedDocument& before,
                                     const SavedDocument& after, Answer& answer) {
  document::TuneBench bench{.before = *before.bench, .after = *after.bench, .comparison = {}};
  auto comparison = compare_benches(before, after);
  if (!comparison) {
    answer.errors.push_back(comparison.error());
    answer.exit_code = worst(answer.exit_code, ExitCode::Failed);
    return bench;
  }
  context.terminal.result(comparison_text(*comparison, context.terminal.display()));
  bench.comparison = std::move(*comparison);
  return bench;
}

}  // namespace tuner
