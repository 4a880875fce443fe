#include "bench/load/measure.h"

#include "bench/load/limits.h"
#include "bench/load/path_evidence.h"
#include "bench/load/thread_cpu.h"
#include "bench/load/workload.h"
#include "probe/handshake/library.h"

#include <algorithm>
#include <thread>

namespace tuner {
namespace {

using Clock = std::chrono::steady_clock;

// For the handshake, the check and the wait for the other end; much more than they take.
constexpr std::chrono::seconds kSlack{20};
constexpr std::chrono::milliseconds kQuietLook{300};

class Measuring {
 public:
  Measuring(const FileTree& files, const KernelTls& kernel, const MeasureOptions& options,
            Result<FlowTap>& tap, const Emit& emit)
      : options_(options),
        emit_(emit),
        run_{.files = files,
             .kernel = kernel,
             .library = library_,
             .identity = identity_,
             .content = content_,
             .tap = tap,
             .cpus = options.cpus,
             .own_namespace = options.own_namespace,
             .total = options.total},
        end_(Clock::now() + options.total) {}

  Result<BenchDone> run() {
    identity_ = TRY(make_identity());
    library_ = TRY(library_facts(identity_));
    content_ = TRY(make_content());
    const auto other_load = TRY(look_at_other_load());
    workload_ = workload_of(options_.workload, run_);
    start_ = BenchStart{.workload = options_.workload,
                        .library = library_.version,
                        .own_namespace = options_.own_namespace,
                        .cpus = options_.cpus,
                        .other_load = other_load,
                        .variants = workload_.variants,
                        .content_bytes = kContentBytes,
                        .call_bytes = kCallBytes};
    if (workload_.describe) workload_.describe(start_);
    choose_rows();
    schedule_ =
        schedule_for(end_ - Clock::now(), rows_.size() * workload_.steps, workload_.longest_round);
    start_.rounds = schedule_.rounds;
    start_.round_ns = schedule_.round.count();
    emit_(start_);
    for (const BenchRefusal& refusal : refusals_) emit_(refusal);
    TRY(prepare());
    return measure_rounds();
  }

 private:
  Result<std::array<int, 2>> look_at_other_load() {
    const auto before = TRY(read_cpu_times(run_.files, options_.cpus));
    std::this_thread::sleep_for(kQuietLook);
    const auto after = TRY(read_cpu_times(run_.files, options_.cpus));
    return std::array<int, 2>{busy_thousandths(before[0], after[0]),
                              busy_thousandths(before[1], after[1])};
  }

  // Without the module nothing asks for kernel TLS: to set the ULP would load it.
  void choose_rows() {
    for (std::size_t i = 0; i < start_.variants.size(); ++i) {
      const BenchVariant& variant = start_.variants[i];
      if (!asks_kernel(variant.mode) || run_.kernel.tls_loaded) {
        rows_.push_back(i);
        continue;
      }
      refusals_.push_back({.variant = i,
                           .error = {.fault = Fault::Unsupported,
                                     .text = why_not_in_kernel(run_, variant, end_ + kSlack),
                                     .hint = {}}});
    }
  }

  LoadTurn turn(std::size_t row, int round, std::size_t step) const {
    return {.row = row,
            .variant = start_.variants[row],
            .round = round,
            .step = step,
            .schedule = schedule_,
            .deadline = Clock::now() + schedule_.warm_up + schedule_.round + kSlack};
  }

  Outcome prepare() {
    if (!workload_.prepare) return {};
    std::vector<LoadTurn> turns;
    for (const std::size_t row : rows_) turns.push_back(turn(row, 0, 0));
    return workload_.prepare(turns);
  }

  Result<BenchDone> measure_rounds() {
    for (int round = 0; round < schedule_.rounds; ++round) {
      if (workload_.limits) TRY(measure_limits(round));
      for (std::size_t step = 0; step < workload_.steps; ++step) {
        const std::vector<std::size_t> rows = rows_;  // a row that fails leaves rows_
        for (const std::size_t place : order_of_round(round, rows.size())) {
          if (is_over(round)) return BenchDone{BenchEnding::OutOfTime};
          measure_row(turn(rows[place], round, step));
        }
      }
    }
    return BenchDone{BenchEnding::Complete};
  }

  // However slow the machine is, each row is measured once: an emulated CPU needs a second for a
  // handshake.
  bool is_over(int round) const { return round > 0 && Clock::now() >= end_; }

  Outcome measure_limits(int round) {
    for (const BenchLimit limit :
         {BenchLimit::MemoryCopy, BenchLimit::AesSeal, BenchLimit::AesOpen}) {
      if (is_over(round)) return {};
      const int cpu = options_.cpus[limit == BenchLimit::AesOpen ? 1 : 0];
      auto sample = TRY(measure_limit(limit, cpu, schedule_.limit, content_));
      sample.round = round;
      emit_(sample);
    }
    return {};
  }

  void measure_row(const LoadTurn& turn) {
    const auto event = workload_.measure(turn);
    if (event) return emit_(*event);
    std::erase(rows_, turn.row);
    emit_(BenchRefusal{.variant = turn.row, .error = with_reason(event.error(), turn)});
  }

  Error with_reason(Error error, const LoadTurn& turn) const {
    if (error.fault != Fault::Unsupported || !asks_kernel(turn.variant.mode)) return error;
    if (const std::string why = why_not_in_kernel(run_, turn.variant, turn.deadline); !why.empty())
      error.text += ": " + why;
    return error;
  }

  const MeasureOptions& options_;
  const Emit& emit_;
  Identity identity_;
  LibraryFacts library_;
  LoadContent content_;
  const LoadRun run_;
  Workload workload_;
  Deadline end_;
  BenchStart start_;
  BenchSchedule schedule_;
  std::vector<std::size_t> rows_;  // that are measured
  std::vector<BenchRefusal> refusals_;
};

}  // namespace

void measure(const FileTree& files, const KernelTls& kernel, const MeasureOptions& options,
             Result<FlowTap>& tap, const Emit& emit) {
  const auto done = Measuring(files, kernel, options, tap, emit).run();
  if (done)
    emit(*done);
  else
    emit(done.error());
}

}  // namespace tuner
