#include "bench/run_bench.h"

#include "bench/bench_reader.h"
#include "bench/schedule.h"

#include <fmt/format.h>

#include <utility>

namespace tuner {
namespace {

template <typename E>
void add_words(std::vector<std::string>& options, std::string_view name,
               const std::vector<E>& chosen) {
  for (const E value : chosen)
    options.insert(options.end(), {std::string(name), std::string(word_of(value))});
}

// Before and behind the measurements of a run across the wire: the helper waits for its peer, and
// an end that is lost is noticed.
constexpr std::chrono::seconds kMeeting{90};

std::chrono::seconds limit_of(const BenchRequest& request) {
  const auto usual = request.total + request.grace;
  if (!request.wire) return usual;
  if (std::holds_alternative<ConnectTo>(request.wire->end)) return usual + kMeeting;
  return request.wire->wait + kLongestBench + request.grace + kMeeting;
}

void add_wire(const BenchAcrossWire& wire, std::vector<std::string>& options) {
  if (const auto* const listen = std::get_if<ListenOn>(&wire.end))
    options.insert(options.end(), {"--listen", to_text(listen->place)});
  else
    options.insert(options.end(), {"--connect", to_text(std::get<ConnectTo>(wire.end).peer)});
  for (const auto& [nic, cpu] : wire.cpu_by_nic)
    options.insert(options.end(), {"--nic-cpu", fmt::format("{}={}", nic, cpu)});
}

// Each line is read when it comes and most of it is not kept. An hour of latencies has thousands of
// measurements with some ten KiB each.
constexpr std::size_t kLongestOutput = 1U << 30U;

// `input` must outlive the result.
HelperCall call_for(const BenchRequest& request, std::string_view input) {
  const bool listens = request.wire && std::holds_alternative<ListenOn>(request.wire->end);
  // The end that connects decides how long a run takes; the listener only how long it waits for
  // one.
  const auto seconds = listens ? request.wire->wait : request.total;
  HelperCall call{
      .program = "ktls-tuner-bench",
      .who = "the benchmark",
      .options = {"--workload", std::string(word_of(request.workload)), "--sender-cpu",
                  std::to_string(request.cpus[0]), "--receiver-cpu",
                  std::to_string(request.cpus[1]), "--seconds", std::to_string(seconds.count())},
      .input = input,
      .limit = limit_of(request),
      .longest_output = kLongestOutput,
      .slow_hint = "the machine may be overloaded: run it again later"};
  add_words(call.options, "--mode", request.choice.modes);
  add_words(call.options, "--version", request.choice.versions);
  add_words(call.options, "--cipher", request.choice.ciphers);
  if (request.wire) add_wire(*request.wire, call.options);
  return call;
}

// Invalid is for a wrong argument of the user; a malformed line is a defect.
Error as_defect(Error error) {
  if (error.fault == Fault::Invalid) error.fault = Fault::Internal;
  return error;
}

}  // namespace

Result<BenchReport> run_bench(const BenchRequest& request, const StopHelper& stop,
                              const WatchBench& watch) {
  BenchReader reader;
  // Through standard input: other users can read a command line in /proc.
  const std::string input = request.wire ? request.wire->token + "\n" : "";
  const auto ran = run_helper(
      call_for(request, input), [&](std::string_view part) { return reader.take(part); },
      [&] {
        if (watch) watch(reader.report());
        return stop && stop();
      });
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
  // What was measured before a failure is worth a report that says how it ended.
  const bool empty = report.samples.empty() && report.latency.empty() && report.messages.empty();
  if (empty && report.error) return fail(*report.error);
  return report;
}

}  // namespace tuner
