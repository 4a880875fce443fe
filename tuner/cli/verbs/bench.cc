#include "bench/choice.h"
#include "bench/schedule.h"
#include "cli/steps/bench_compare.h"
#include "cli/steps/bench_run.h"
#include "cli/steps/wire_bench.h"
#include "cli/verbs/verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <utility>
#include <variant>

namespace tuner {
namespace {

BenchChoice choice_of(const Options& options) {
  BenchChoice choice{.modes = options.modes, .versions = {}, .ciphers = options.ciphers};
  if (options.tls_version)
    choice.versions = {*options.tls_version == TlsNumber::V12 ? TlsVersion::Tls12
                                                              : TlsVersion::Tls13};
  return choice;
}

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

Outcome check_words(const Options& options) {
  if (!options.hgrm.empty() && options.workload != BenchWorkload::Latency)
    return fail(Fault::Invalid, "--hgrm writes curves of latencies, which only one workload has",
                "add --workload latency");
  if (!options.trace.empty() && options.workload != BenchWorkload::Messages)
    return fail(Fault::Invalid,
                "--trace writes the stages of messages, which only one workload has",
                "add --workload messages");
  const bool chosen =
      !options.modes.empty() || !options.ciphers.empty() || options.tls_version.has_value();
  if (chosen && options.listen)
    return fail(Fault::Invalid, "--mode, --cipher and --tls-version are for the connecting end",
                "omit them at the listening end");
  return check_choice(options.workload, options.connect.has_value(), choice_of(options));
}

using AnyBenchRequest = std::variant<BenchTask, BenchCompareTask>;

// The first option that says what to measure; empty: none.
std::string_view measuring_option(const Options& options) {
  const auto given = std::to_array<std::pair<bool, std::string_view>>(
      {{options.workload != BenchWorkload::Bulk, "--workload"},
       {!options.modes.empty(), "--mode"},
       {!options.ciphers.empty(), "--cipher"},
       {options.tls_version.has_value(), "--tls-version"},
       {!options.hgrm.empty(), "--hgrm"},
       {!options.trace.empty(), "--trace"},
       {options.connect.has_value(), "--connect"},
       {options.listen.has_value(), "--listen"},
       {!options.token_file.empty(), "--token-file"},
       {!options.new_token.empty(), "--new-token"}});
  for (const auto& [is_given, name] : given) {
    if (is_given) return name;
  }
  return {};
}

Result<AnyBenchRequest> compare_request(const Options& options) {
  if (options.quick || options.duration)
    return fail(Fault::Invalid, "--compare measures nothing and takes no time",
                "omit --quick and --duration");
  if (const auto option = measuring_option(options); !option.empty())
    return fail(Fault::Invalid, fmt::format("--compare measures nothing and takes no {}", option),
                fmt::format("omit {}", option));
  if (options.csv)
    return fail(Fault::Invalid, "--csv is of one run, and a comparison is of two",
                "ktls-tuner report --format csv BEFORE AFTER has the figures of both");
  BenchCompareTask task{.files = {}, .output = TRY(bench_output(options))};
  // Without files: the last two runs that were kept.
  if (options.words.empty()) return task;
  if (options.words.size() != 2)
    return fail(Fault::Invalid, "--compare takes two files: before and after",
                "without files it compares the last two runs that were kept");
  task.files = {options.words[0], options.words[1]};
  return task;
}

Result<AnyBenchRequest> bench_request(const Options& options) {
  if (options.compare) return compare_request(options);
  if (!options.words.empty())
    return fail(Fault::Invalid,
                fmt::format("bench takes no file without --compare: {}", options.words.front()),
                "a saved run is shown by ktls-tuner report FILE");
  const auto total = TRY(time_of(options));
  TRY(check_words(options));
  return BenchTask{.workload = options.workload,
                   .total = total,
                   .choice = choice_of(options),
                   .hgrm = options.hgrm,
                   .trace = options.trace,
                   .wire = TRY(wire_bench(options, std::getenv(kTokenVariable))),
                   .output = TRY(bench_output(options))};
}

Answer answer_bench(Context& context, const AnyBenchRequest& request) {
  if (const auto* const task = std::get_if<BenchCompareTask>(&request))
    return run_bench_compare(context, *task);
  return run_bench_task(context, std::get<BenchTask>(request));
}

std::vector<OptionRow> wire_options() {
  return {{"--connect", "HOST:PORT",
           "between two hosts: send to the listening end; this host's NIC and kernel are judged",
           into_by<&Options::connect, read_peer>()},
          {"--listen", "ADDRESS:PORT",
           "between two hosts: receive from the end that connects; wait for it at most --timeout",
           into_by<&Options::listen, read_listen_address>()},
          token_file_option(),
          {"--new-token", "FILE", "at the listening end: write a new secret to this new file",
           into<&Options::new_token>()}};
}

std::vector<OptionRow> choice_options() {
  return {{"--mode", "MODE",
           "measure this way to send, and what it is compared with; repeat it for more; "
           "default: all",
           into<&Options::modes>()},
          {"--cipher", "CIPHER", "use this cipher; repeat it for more; default: AES-128-GCM",
           into<&Options::ciphers>()},
          {"--tls-version", "VERSION", "use this version of TLS; default: both",
           into<&Options::tls_version>()},
          {"--hgrm", "DIR",
           "with --workload latency: write a file for HdrHistogram's plotter for each row, size "
           "and load, in microseconds",
           into<&Options::hgrm>()},
          {"--trace", "FILE",
           "with --workload messages: write single messages as trace events, which Perfetto opens",
           into<&Options::trace>()}};
}

std::vector<OptionRow> output_options() {
  return {{"--html", "FILE", "also write the result as a page of one file", into<&Options::html>()},
          {"--markdown", "", "print the result as Markdown", into<&Options::markdown>()},
          {"--csv", "", "print the result as comma-separated values, a line a figure",
           into<&Options::csv>()},
          {"--compare", "",
           "measure nothing: compare two saved runs, before and after; default: the last two that "
           "were kept",
           into<&Options::compare>()}};
}

std::vector<OptionRow> bench_options() {
  std::vector<OptionRow> options{
      {"--workload", "WORD",
       "bulk: the same 8 MiB again and again, one connection at a time; latency: responses to "
       "requests that are due at times fixed beforehand; messages: the stages of a received "
       "message; small-records: one call sends one record, at several sizes; files: of several "
       "sizes; connections: 10 to 10,000 at once; handshakes: new connections; slow-readers: some "
       "of 32 pause; loss: 1 % of the packets",
       into<&Options::workload>()},
      {"--quick", "", "take 15 seconds; default: a minute", into<&Options::quick>()},
      {"--duration", "TIME", "measure for TIME in total, from 5 seconds to an hour",
       into<&Options::duration>()}};
  std::ranges::move(choice_options(), std::back_inserter(options));
  std::ranges::move(wire_options(), std::back_inserter(options));
  std::ranges::move(output_options(), std::back_inserter(options));
  return options;
}

}  // namespace

Verb bench_verb() {
  return {
      .name = "bench",
      .summary =
          "measures what kernel TLS brings on this host: throughput and CPU time of bulk "
          "transfers over loopback or to another host, with kernel TLS, with TLS in user space and "
          "without TLS, each with the proof of its path",
      .words = "[FILE]…",
      .options = bench_options(),
      .help =
          {.takes = {"--timeout"},
           .examples = {{"ktls-tuner bench --quick --html bench.html",
                         "compare the ways to send on this host in 15 seconds, and make a page"},
                        {"ktls-tuner bench --compare before.json after.json",
                         "what a change of settings, kernel or library brought"}},
           .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::DataUnusable,
                     ExitCode::Bug}},
      .prepare = with_request<bench_request, answer_bench>};
}

}  // namespace tuner
