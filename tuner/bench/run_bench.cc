#include "bench/run_bench.h"

#include "bench/report_lines.h"

#include <utility>

namespace tuner {
namespace {

HelperCall call_for(const BenchRequest& request) {
  return {.program = "ktls-tuner-bench",
          .who = "the benchmark",
          .options = {"--workload", std::string(word_of(request.workload)), "--sender-cpu",
                      std::to_string(request.cpus[0]), "--receiver-cpu",
                      std::to_string(request.cpus[1]), "--seconds",
                      std::to_string(request.total.count())},
          .limit = request.total + request.grace,
          .slow_hint = "the machine may be overloaded: run it again later"};
}

// Invalid is for a wrong argument of the user; a malformed line is a defect.
Error as_defect(Error error) {
  if (error.fault == Fault::Invalid) error.fault = Fault::Internal;
  return error;
}

}  // namespace

Result<BenchReport> run_bench(const BenchRequest& request, const StopHelper& stop) {
  BenchReader reader;
  const auto ran = run_helper(
      call_for(request), [&](std::string_view part) { return reader.take(part); }, stop);
  BenchReport report = reader.report();
  if (ran && *ran == HelperEnd::Stopped) {
    report.ending = BenchEnding::Interrupted;
    if (!reader.started()) return fail(Fault::Refused, "interrupted before the first measurement");
  } else if (!ran) {
    report.ending = BenchEnding::Failed;
    report.error = as_defect(ran.error());
  } else if (!reader.ended()) {
    report.ending = BenchEnding::Failed;
    report.error = Error{.fault = Fault::Internal,
                         .text = "the benchmark's helper ended before its last line",
                         .hint = {}};
  }
  const bool empty = report.samples.empty() && report.latency.empty() && report.messages.empty();
  if (empty && report.error) return fail(*report.error);
  return report;
}

}  // namespace tuner
