#include "bench/schedule.h"
#include "cli/steps/bench_run.h"
#include "cli/verbs/verbs.h"

#include <fmt/format.h>

namespace tuner {
namespace {

Result<BenchTask> request_of(const Options& options) {
  if (options.quick && options.duration)
    return fail(Fault::Invalid, "--quick and --duration contradict each other",
                "--quick is --duration 15s");
  if (!options.hgrm.empty() && options.workload != BenchWorkload::Latency)
    return fail(Fault::Invalid, "--hgrm writes curves of latencies, which only one workload has",
                "add --workload latency");
  if (!options.trace.empty() && options.workload != BenchWorkload::Messages)
    return fail(Fault::Invalid,
                "--trace writes the stages of messages, which only one workload has",
                "add --workload messages");
  if (options.quick) return BenchTask{options.workload, kQuickBench, options.hgrm, options.trace};
  const auto total = options.duration.value_or(kUsualBench);
  if (total < kShortestBench || total > kLongestBench)
    return fail(Fault::Invalid,
                fmt::format("--duration: {} s is not from {} s to {} s", total.count(),
                            kShortestBench.count(), kLongestBench.count()));
  return BenchTask{options.workload, total, options.hgrm, options.trace};
}

}  // namespace

Verb bench_verb() {
  return {
      .name = "bench",
      .summary =
          "measures what kernel TLS brings on this host: throughput and CPU time of bulk "
          "transfers over loopback, with kernel TLS, with TLS in user space and without TLS, "
          "each with the proof of its path",
      .words = {},
      .options = {{"--workload", "WORD",
                   "bulk: the same 8 MiB again and again, one connection at a time. latency: "
                   "responses to requests that are due at times fixed beforehand. messages: the "
                   "stages of a received message, from the kernel to the program's callback",
                   into<&Options::workload>()},
                  {"--hgrm", "DIR",
                   "with --workload latency: write a file for HdrHistogram's plotter for each row, "
                   "size and load, in microseconds",
                   into<&Options::hgrm>()},
                  {"--trace", "FILE",
                   "with --workload messages: write the stages of single messages as trace events, "
                   "which Perfetto opens",
                   into<&Options::trace>()},
                  {"--quick", "", "take 15 seconds; default: a minute", into<&Options::quick>()},
                  {"--duration", "TIME", "measure for TIME in total, from 5 seconds to an hour",
                   into<&Options::duration>()}},
      .help =
          {.takes = {},
           .examples = {{"ktls-tuner bench --quick",
                         "compare the ways to send on this host in 15 seconds"},
                        {"ktls-tuner bench --workload latency --hgrm .",
                         "how long requests wait for their responses, with curves for a plotter"},
                        {"ktls-tuner bench --workload messages --trace trace.json",
                         "where the time of a received message goes"},
                        {"ktls-tuner bench --duration 10m",
                         "measure longer: smaller differences can be told"}},
           .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::Bug}},
      .prepare = with_request<request_of, run_bench_task>};
}

}  // namespace tuner
