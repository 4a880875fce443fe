#include "cli/steps/tune_bench.h"

#include "bench/schedule.h"
#include "cli/render/bench/bench.h"
#include "cli/render/bench/saved_bench_text.h"
#include "cli/request/version.h"
#include "cli/steps/bench_output.h"
#include "cli/steps/bench_run.h"
#include "cli/steps/interrupt.h"
#include "cli/steps/kept_bench.h"
#include "document/bench.h"
#include "document/bench_comparison.h"
#include "document/envelope.h"
#include "document/tune.h"
#include "host/facts/collect.h"
#include "report/bench_comparison.h"

namespace tuner {

namespace {

// What was set before stays, and the result of before is kept.
void add_error(std::vector<Error>& errors, Error error) {
  error.text = "bench after tuning: " + error.text;
  error.hint = "the tuning stays as it is; ktls-tuner bench measures again";
  errors.push_back(std::move(error));
}

}  // namespace

Result<BenchOfTune> bench_for_tune(Context& context) {
  const auto began = context.host.clock().now();
  const InterruptGuard guard;  // until the result is kept and shown
  const MeasuredBench measured = TRY(measure_bench(context, {.total = kQuickBench}));
  Answer answer;
  add_bench_errors(measured, answer);
  *answer.body = bench_document(measured.result);
  // A result that is not kept is still compared and shown; the warning is enough.
  static_cast<void>(keep_own_bench(context, bench_document_text(context, began, answer)));
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
  return BenchOfTune{.document = std::move(document), .errors = std::move(answer.errors)};
}

document::TuneBench bench_after_tune(Context& context, const SavedDocument& before,
                                     std::vector<Error>& errors) {
  document::TuneBench bench{.before = *before.bench, .after = {}, .comparison = {}};
  const auto after = bench_for_tune(context);
  if (!after) {
    add_error(errors, after.error());
    return bench;
  }
  bench.after = *after->document.bench;
  for (const Error& error : after->errors) add_error(errors, error);
  auto comparison = compare_benches(before, after->document);
  if (!comparison) {
    add_error(errors, comparison.error());
    return bench;
  }
  context.terminal.result(comparison_text(*comparison, context.terminal.display()));
  bench.comparison = std::move(*comparison);
  return bench;
}

}  // namespace tuner
