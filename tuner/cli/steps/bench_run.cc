#include "cli/steps/bench_run.h"

#include "base/text.h"
#include "bench/result.h"
#include "bench/run_bench.h"
#include "bench/schedule.h"
#include "bench/trace.h"
#include "cli/render/bench.h"
#include "cli/render/bench_latency.h"
#include "cli/steps/interrupt.h"
#include "document/kinds.h"
#include "host/facts/collect.h"
#include "host/files/published_file.h"
#include "host/process/become.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace tuner {
namespace {

// The kernel lists "hypervisor" among the flags of each x86 CPU that runs below one. nullopt: not
// read, or another architecture.
std::optional<bool> below_hypervisor(const FileTree& files) {
  const auto text = files.read("/proc/cpuinfo");
  if (!text) return std::nullopt;
  for (const std::string_view line : lines(*text)) {
    if (!line.starts_with("flags")) continue;
    const auto flags = split_whitespace(line);
    return std::ranges::find(flags, "hypervisor") != flags.end();
  }
  return std::nullopt;
}

Error error_of(const BenchResult& result, const BenchReport& report) {
  if (report.error) return *report.error;
  return {.fault = Fault::Io,
          .text = fmt::format("interrupted in round {} of {}: the result is of what was measured "
                              "until then",
                              std::min(result.rounds_done + 1, result.start.rounds),
                              result.start.rounds),
          .hint = "run it again to measure all rounds"};
}

// A mode that this host cannot do is a row with its reason and no error; one that failed is both.
void add_errors(Answer& answer, const BenchResult& result, const BenchReport& report) {
  if (report.ending == BenchEnding::Interrupted || report.ending == BenchEnding::Failed)
    answer.errors.push_back(error_of(result, report));
  for (const BenchRefusal& refusal : report.refusals) {
    if (refusal.error.fault == Fault::Unsupported) continue;
    Error error = refusal.error;
    error.text =
        fmt::format("{}: {}", variant_name(report.start.variants[refusal.variant]), error.text);
    answer.errors.push_back(std::move(error));
  }
  if (!answer.errors.empty()) answer.exit_code = ExitCode::Failed;
}

// A file that could not be written costs none of the others, and nothing of the result.
void write_hgrm_files(Answer& answer, const BenchResult& result, const std::string& folder) {
  for (const BenchRow& row : result.rows) {
    for (const LatencyFigures& figures : row.latency) {
      if (figures.rounds == 0) continue;
      const auto written =
          publish(fmt::format("{}/{}", folder, hgrm_name(row.variant, figures.step)),
                  hgrm_text(figures.latency));
      if (!written) answer.errors.push_back(written.error());
    }
  }
  if (!answer.errors.empty()) answer.exit_code = ExitCode::Failed;
}

void write_trace(Answer& answer, const BenchReport& report, const std::string& file) {
  auto written = publish(file, trace_json(report));
  if (written) return;
  answer.errors.push_back(std::move(written.error()));
  answer.exit_code = ExitCode::Failed;
}

// Before the measurements: a file that cannot be written would cost them.
Outcome check_files(const BenchTask& task) {
  if (!task.hgrm.empty()) TRY(folder_to_publish_in(task.hgrm));
  if (task.trace.empty()) return {};
  const auto folder = std::filesystem::path(task.trace).parent_path();
  TRY(folder_to_publish_in(folder.empty() ? "." : folder.string()));
  return {};
}

Result<BenchCpus> cpus_for(const Facts& facts) {
  const auto allowed = TRY(current_cpus());
  if (const auto cpus = choose_cpus(allowed, facts.topology)) return *cpus;
  return fail(Fault::Internal, "this process may run on no CPU");
}

}  // namespace

Answer run_bench_task(Context& context, const BenchTask& task) {
  if (const auto files = check_files(task); !files) return failure(ExitCode::Failed, files.error());
  const Facts facts = collect_facts(context.host, FactNeed::Topology);
  const auto cpus = cpus_for(facts);
  if (!cpus) return failure(ExitCode::Failed, cpus.error());
  context.terminal.talk(
      fmt::format("bench: {} over loopback for {} s; Ctrl-C keeps what was measured",
                  word_of(task.workload), task.total.count()));
  const InterruptGuard guard;
  const auto report =
      run_bench({.workload = task.workload, .cpus = cpus->cpus, .total = task.total},
                InterruptGuard::interrupted);
  if (!report) return failure(ExitCode::Failed, report.error());
  const BenchResult result =
      judge_bench(*report, {.emulated = facts.host.emulated,
                            .hypervisor = below_hypervisor(context.host.files()),
                            .share = cpus->share,
                            .same_node = cpus->same_node});
  Answer answer;
  add_errors(answer, result, *report);
  if (!task.hgrm.empty()) write_hgrm_files(answer, result, task.hgrm);
  if (!task.trace.empty()) write_trace(answer, *report, task.trace);
  answer.body->keys = bench_document(result);
  context.terminal.result(bench_text(result, context.terminal.display()));
  return answer;
}

}  // namespace tuner
