#include "bench/load/measure.h"

#include "bench/load/kernel/alg_cipher.h"
#include "bench/load/kernel/thread_cpu.h"
#include "bench/load/limits.h"
#include "bench/load/path_evidence.h"
#include "bench/load/workload.h"
#include "probe/handshake/library.h"

#include <set>
#include <thread>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;

// For the handshake, the check and the wait for the other end; much more than they take.
constexpr std::chrono::seconds kSlack{20};
// Thirty of the ticks in which /proc/stat counts: fewer could not show a load of 5 %.
constexpr std::chrono::milliseconds kQuietLook{300};

struct PlacedLimit {
  BenchLimit limit;
  int cpu;
};

class Measuring {
 public:
  Measuring(const FileTree& files, const KernelTls& kernel, const CpuEvents& events,
            const MeasureOptions& options, Result<FlowTap>& tap, const Emit& emit)
      : options_(options),
        emit_(emit),
        run_{.files = files,
             .kernel = kernel,
             .library = library_,
             .identity = identity_,
             .content = content_,
             .choice = options.choice,
             .events = events,
             .tap = tap,
             .cpus = options.cpus,
             .own_namespace = options.own_namespace,
             .total = options.total,
             .no_loss = options.no_loss},
        end_(SteadyClock::now() + options.total) {}

  Result<BenchDone> run() {
    identity_ = TRY(make_identity());
    library_ = TRY(library_facts(identity_));
    content_ = TRY(make_content());
    // Before the workload begins, which would count as other load.
    const auto other_load = TRY(look_at_other_load());
    workload_ = options_.make_workload ? options_.make_workload(run_)
                                       : workload_of(options_.workload, run_);
    start_ = BenchStart{.workload = options_.workload,
                        .library = library_.version,
                        .own_namespace = options_.own_namespace,
                        .cpus = options_.cpus,
                        .other_load = other_load,
                        .variants = workload_.variants,
                        .content_bytes = kContentBytes,
                        .call_bytes = kCallBytes};
    if (workload_.describe) workload_.describe(start_);
    start_.counts_refused = run_.events.refused();
    choose_rows();
    if (workload_.limits) choose_limits();
    schedule_ = schedule_for(end_ - SteadyClock::now(), rows_.size() * workload_.steps,
                             limits_.size(), workload_.longest_round);
    start_.rounds = schedule_.rounds;
    start_.round_ns = schedule_.round.count();
    // Before the start is reported: the other end adds its CPU, its load and its library.
    if (workload_.agree) TRY(workload_.agree(start_));
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

  void choose_rows() {
    for (std::size_t i = 0; i < start_.variants.size(); ++i) {
      if (const auto allowed = allows(start_.variants[i])) {
        rows_.push_back(i);
      } else {
        refusals_.push_back({.variant = i, .error = allowed.error()});
      }
    }
  }

  // Of each cipher of the rows. The receiver opens.
  void choose_limits() {
    limits_.push_back({BenchLimit::MemoryCopy, options_.cpus[0]});
    std::set<TlsCipher> ciphers;
    for (const BenchVariant& variant : start_.variants) {
      if (variant.cipher) ciphers.insert(*variant.cipher);
    }
    for (const TlsCipher cipher : ciphers) {
      const CipherLimits limits = limits_of(cipher);
      limits_.push_back({limits.seal, options_.cpus[0]});
      limits_.push_back({limits.open, options_.cpus[1]});
      if (auto why = why_not_by_kernel(cipher))
        start_.limits_refused.push_back({limits.kernel_seal, std::move(*why)});
      else
        limits_.push_back({limits.kernel_seal, options_.cpus[0]});
    }
  }

  // One record tells whether the kernel lets us.
  std::optional<std::string> why_not_by_kernel(TlsCipher cipher) const {
    // Which filters its system calls (main.cc).
    if (workload_.limit) return "a helper that hears another host may not call it";
    if (auto why = why_no_alg_cipher(run_.files, cipher)) return why;
    const auto tried = measure_limit(limits_of(cipher).kernel_seal, options_.cpus[0],
                                     std::chrono::nanoseconds(1), content_);
    if (tried) return std::nullopt;
    return tried.error().text;
  }

  // Without the module nothing asks for kernel TLS: to set the ULP would load it.
  Outcome allows(const BenchVariant& variant) const {
    if (asks_kernel(variant.mode) && !run_.kernel.tls_loaded)
      return fail(Fault::Unsupported, why_not_in_kernel(run_, variant, end_ + kSlack));
    return workload_.allows ? workload_.allows(variant) : Outcome();
  }

  LoadTurn turn(std::size_t row, int round, std::size_t step) const {
    return {.row = row,
            .variant = start_.variants[row],
            .round = round,
            .step = step,
            .schedule = schedule_,
            .deadline = SteadyClock::now() + schedule_.warm_up + schedule_.round + kSlack};
  }

  Outcome prepare() {
    if (!workload_.prepare) return {};
    std::vector<LoadTurn> turns;
    for (const std::size_t row : rows_) turns.push_back(turn(row, 0, 0));
    return workload_.prepare(turns);
  }

  Result<BenchDone> measure_rounds() {
    for (int round = 0; round < schedule_.rounds; ++round) {
      // In each round, next to the rows whose bound they are: clocks change in the course of a run.
      if (workload_.limits) TRY(measure_limits(round));
      for (std::size_t step = 0; step < workload_.steps; ++step) {
        const std::vector<std::size_t> rows = rows_;  // a row that fails leaves rows_
        for (const std::size_t place : order_of_round(round, rows.size())) {
          if (is_over(round)) return BenchDone{BenchEnding::OutOfTime};
          TRY(measure_row(turn(rows[place], round, step)));
        }
      }
    }
    return BenchDone{BenchEnding::Complete};
  }

  // However slow the machine is, each row is measured once: an emulated CPU needs a second for a
  // handshake.
  bool is_over(int round) const { return round > 0 && SteadyClock::now() >= end_; }

  Outcome measure_limits(int round) {
    for (const PlacedLimit& place : limits_) {
      if (is_over(round)) return {};
      auto sample = TRY(limit_sample(place));
      sample.round = round;
      emit_(sample);
    }
    return {};
  }

  Result<LimitSample> limit_sample(const PlacedLimit& place) const {
    if (workload_.limit) return workload_.limit(place.limit, schedule_.limit);
    return measure_limit(place.limit, place.cpu, schedule_.limit, content_);
  }

  Outcome measure_row(const LoadTurn& turn) {
    const auto event = workload_.measure(turn);
    if (!event) {
      std::erase(rows_, turn.row);
      emit_(BenchRefusal{.variant = turn.row, .error = with_reason(event.error(), turn)});
      return {};
    }
    // The other host is lost: no further row can be measured.
    if (const auto* const ended = std::get_if<Error>(&*event)) return fail(*ended);
    emit_(*event);
    return {};
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
  std::vector<PlacedLimit> limits_;
  std::vector<BenchRefusal> refusals_;
};

}  // namespace

void measure(const FileTree& files, const KernelTls& kernel, const CpuEvents& events,
             const MeasureOptions& options, Result<FlowTap>& tap, const Emit& emit) {
  const auto done = Measuring(files, kernel, events, options, tap, emit).run();
  if (done)
    emit(*done);
  else
    emit(done.error());
}

}  // namespace tuner
