#include "cli/steps/bench_run.h"

#include "base/text.h"
#include "bench/cpu_state.h"
#include "bench/progress.h"
#include "bench/run_bench.h"
#include "bench/schedule.h"
#include "bench/trace.h"
#include "cli/output/live_line.h"
#include "cli/render/bench/bench.h"
#include "cli/render/bench/bench_latency.h"
#include "cli/steps/interrupt.h"
#include "cli/steps/kept_bench.h"
#include "cli/steps/wire_bench.h"
#include "document/bench.h"
#include "document/envelope.h"
#include "host/facts/collect.h"
#include "host/facts/neighbours.h"
#include "host/files/published_file.h"
#include "host/process/become.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace tuner {
namespace {

// The helper ends by itself before (slack_of()).
constexpr std::chrono::seconds kKillGrace{5};

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

Error bench_error(const BenchResult& result, const BenchReport& report) {
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
    answer.errors.push_back(bench_error(result, report));
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

// Whether nothing holds what was measured. With --json the document is still to be printed: after a
// full disk that may fail as well.
bool is_lost(const Context& context, const Outcome& kept) {
  if (kept) return false;
  if (context.options.json) return kept.error().fault == Fault::NoSpace;
  return std::fflush(stdout) != 0;
}

}  // namespace

Result<BenchCpus> cpus_for(const Facts& facts) {
  const auto allowed = TRY(current_cpus());
  if (const auto cpus = choose_cpus(allowed, facts.topology)) return *cpus;
  return fail(Fault::Internal, "this process may run on no CPU");
}

BenchSurroundings surroundings_of(const Context& context, const Facts& facts) {
  return {.emulated = facts.host.emulated,
          .hypervisor = below_hypervisor(context.host.files()),
          .irqbalance = tuning_program_pid(context.host.files(), "irqbalance")};
}

Result<MeasuredBench> measure_bench(const Context& context, const BenchTask& task) {
  const Facts facts = collect_facts(context.host, FactNeed::Topology);
  const auto cpus = TRY(cpus_for(facts));
  context.terminal.talk(
      fmt::format("bench: {} over loopback for {} s; Ctrl-C keeps what was measured",
                  word_of(task.workload), task.total.count()));
  const auto before = look_at_cpus(context.host.files(), cpus.cpus);
  LiveLine line(!context.options.json && !context.options.quiet);
  const auto start = std::chrono::steady_clock::now();
  const auto show = [&](const BenchReport& so_far) {
    const auto elapsed = std::chrono::steady_clock::now() - start;
    line.show(progress_words(so_far, std::chrono::duration_cast<std::chrono::seconds>(elapsed),
                             task.total));
  };
  auto report = TRY(run_bench({.workload = task.workload,
                               .choice = task.choice,
                               .cpus = cpus.cpus,
                               .total = task.total,
                               .grace = slack_of(task.workload) + kKillGrace},
                              InterruptGuard::interrupted, show));
  BenchSurroundings around = surroundings_of(context, facts);
  around.share = cpus.share;
  around.same_node = cpus.same_node;
  around.before = before;
  around.after = look_at_cpus(context.host.files(), cpus.cpus);
  BenchResult result = judge_bench(report, around);
  return MeasuredBench{.report = std::move(report), .result = std::move(result)};
}

void add_bench_errors(const MeasuredBench& measured, Answer& answer) {
  add_errors(answer, measured.result, measured.report);
}

Answer run_bench_task(Context& context, const BenchTask& task) {
  if (const auto files = check_files(task); !files) return failure(ExitCode::Failed, files.error());
  const auto began = context.host.clock().now();
  const InterruptGuard guard;  // until the result is kept and shown
  const auto measured =
      task.wire ? measure_bench_across_wire(context, task) : measure_bench(context, task);
  // Invalid: a token that is none.
  if (!measured)
    return failure(measured.error().fault == Fault::Invalid ? ExitCode::Usage : ExitCode::Failed,
                   measured.error());
  Answer answer;
  add_bench_errors(*measured, answer);
  if (!task.hgrm.empty()) write_hgrm_files(answer, measured->result, task.hgrm);
  if (!task.trace.empty()) write_trace(answer, measured->report, task.trace);
  *answer.body = bench_document(measured->result);
  const std::string document = bench_document_text(context, began, answer);
  const std::string text = bench_text(measured->result, context.terminal.display());
  const Outcome kept = keep_own_bench(context, document);
  show_bench(context, task.output, text, document, answer);
  if (!is_lost(context, kept)) return answer;
  // Neither a file nor stdout has it, and stderr is left.
  for (const std::string_view line : lines(text)) context.terminal.talk(line);
  return answer;
}

}  // namespace tuner
