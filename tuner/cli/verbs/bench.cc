#include "bench/schedule.h"
#include "cli/steps/bench_compare.h"
#include "cli/steps/bench_run.h"
#include "cli/verbs/verbs.h"

#include <fmt/format.h>

#include <variant>

namespace tuner {
namespace {

Result<std::chrono::seconds> time_of(const Options& options) {
  if (options.quick && options.duration)
    return fail(Fault::Invalid, "--quick and --duration contradict each other",
                "--quick is --duration 15s");
  if (options.quick) return kQuickBench;
  const auto total = options.duration.value_or(kUsualBench);
  if (total < kShortestBench || total > kLongestBench)
    return fail(Fault::Invalid,
                fmt::format("--duration: {} s is not from {} s to {} s", total.count(),
                            kShortestBench.count(), kLongestBench.count()));
  return total;
}

using Request = std::variant<BenchTask, BenchCompareTask>;

Result<Request> compare_request(const Options& options) {
  if (options.quick || options.duration)
    return fail(Fault::Invalid, "--compare measures nothing and takes no time",
                "omit --quick and --duration");
  if (options.csv)
    return fail(Fault::Invalid, "--csv is of one run, and a comparison is of two",
                "ktls-tuner report --format csv BEFORE AFTER has the figures of both");
  BenchCompareTask task{.files = {}, .output = TRY(bench_output(options))};
  if (options.words.empty()) return task;
  if (options.words.size() != 2)
    return fail(Fault::Invalid, "--compare takes two files: before and after",
                "without files it compares the last two runs that were kept");
  task.files = {options.words[0], options.words[1]};
  return task;
}

Result<Request> request_of(const Options& options) {
  if (options.compare) return compare_request(options);
  if (!options.words.empty())
    return fail(Fault::Invalid,
                fmt::format("bench takes no file without --compare: {}", options.words.front()),
                "a saved run is shown by ktls-tuner report FILE");
  return BenchTask{.workload = options.workload,
                   .total = TRY(time_of(options)),
                   .output = TRY(bench_output(options))};
}

Answer run(Context& context, const Request& request) {
  if (const auto* const task = std::get_if<BenchCompareTask>(&request))
    return run_bench_compare(context, *task);
  return run_bench_task(context, std::get<BenchTask>(request));
}

}  // namespace

Verb bench_verb() {
  return {
      .name = "bench",
      .summary =
          "measures what kernel TLS brings on this host: throughput and CPU time of bulk "
          "transfers over loopback, with kernel TLS, with TLS in user space and without TLS, "
          "each with the proof of its path",
      .words = "[FILE]…",
      .options = {{"--workload", "WORD",
                   "bulk: the same 8 MiB again and again, one connection at a time",
                   into<&Options::workload>()},
                  {"--quick", "", "take 15 seconds; default: a minute", into<&Options::quick>()},
                  {"--duration", "TIME", "measure for TIME in total, from 5 seconds to an hour",
                   into<&Options::duration>()},
                  {"--html", "FILE", "also write the result as a page of one file",
                   into<&Options::html>()},
                  {"--markdown", "", "print the result as Markdown", into<&Options::markdown>()},
                  {"--csv", "", "print the result as comma-separated values, a line a figure",
                   into<&Options::csv>()},
                  {"--compare", "",
                   "measure nothing: compare two saved runs, before and after; default: the last "
                   "two that were kept",
                   into<&Options::compare>()}},
      .help =
          {.takes = {},
           .examples = {{"ktls-tuner bench --quick --html bench.html",
                         "compare the ways to send on this host in 15 seconds, and make a page"},
                        {"ktls-tuner bench --compare before.json after.json",
                         "what a change of settings, kernel or library brought"}},
           .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::DataUnusable,
                     ExitCode::Bug}},
      .prepare = with_request<request_of, run>};
}

}  // namespace tuner
