#include "bench/load/measure.h"

#include "bench/load/limits.h"
#include "bench/load/thread_cpu.h"
#include "bench/load/transfer.h"
#include "bench/schedule.h"
#include "probe/explain.h"
#include "probe/handshake/cell.h"
#include "probe/handshake/library.h"

#include <algorithm>
#include <thread>

namespace tuner {
namespace {

using Clock = std::chrono::steady_clock;

// For the handshake, the check and the wait for the other end; much more than they take.
constexpr std::chrono::seconds kSlack{20};
constexpr std::chrono::milliseconds kQuietLook{300};

// Why a mode that asks for the kernel did not get it, or cannot get it.
std::string reason(const KernelTls& kernel, const LibraryFacts& library,
                   const BenchVariant& variant, Deadline deadline) {
  const CellKey key{.version = variant.version.value(), .cipher = variant.cipher.value()};
  std::optional<KernelAnswer> offer;
  // Moves the TLS counters, so it is asked after those of the measurement are read.
  if (kernel.tls_loaded) {
    if (const auto answer = ask_kernel(key, deadline)) offer = *answer;
  }
  // Only sending is asked for.
  return explain({.tls = kernel.tls,
                  .tls_loaded = kernel.tls_loaded,
                  .library = library,
                  .version = key.version,
                  .cipher = key.cipher,
                  .offer = offer,
                  .tx = false,
                  .rx = true})
      .because;
}

class Measuring {
 public:
  Measuring(const FileTree& files, const KernelTls& kernel, const MeasureOptions& options,
            const Emit& emit)
      : files_(files),
        kernel_(kernel),
        options_(options),
        emit_(emit),
        end_(Clock::now() + options.total) {}

  Result<BenchDone> run() {
    identity_ = TRY(make_identity());
    library_ = TRY(library_facts(identity_));
    content_ = TRY(make_content());
    const auto other_load = TRY(look_at_other_load());
    start_ = BenchStart{.library = library_.version,
                        .own_namespace = options_.own_namespace,
                        .cpus = options_.cpus,
                        .other_load = other_load,
                        .variants = usual_variants(),
                        .content_bytes = kContentBytes,
                        .call_bytes = kCallBytes};
    choose_rows();
    schedule_ = schedule_for(end_ - Clock::now(), rows_.size());
    start_.rounds = schedule_.rounds;
    start_.round_ns = schedule_.round.count();
    emit_(start_);
    for (const BenchRefusal& refusal : refusals_) emit_(refusal);
    return measure_rounds();
  }

 private:
  Result<std::array<int, 2>> look_at_other_load() {
    const auto before = TRY(read_cpu_times(files_, options_.cpus));
    std::this_thread::sleep_for(kQuietLook);
    const auto after = TRY(read_cpu_times(files_, options_.cpus));
    return std::array<int, 2>{busy_thousandths(before[0], after[0]),
                              busy_thousandths(before[1], after[1])};
  }

  // Without the module nothing asks for kernel TLS: to set the ULP would load it.
  void choose_rows() {
    for (std::size_t i = 0; i < start_.variants.size(); ++i) {
      const BenchVariant& variant = start_.variants[i];
      if (!asks_kernel(variant.mode) || kernel_.tls_loaded) {
        rows_.push_back(i);
        continue;
      }
      refusals_.push_back({.variant = i,
                           .error = {.fault = Fault::Unsupported,
                                     .text = reason(kernel_, library_, variant, end_ + kSlack),
                                     .hint = {}}});
    }
  }

  Result<BenchDone> measure_rounds() {
    for (int round = 0; round < schedule_.rounds; ++round) {
      TRY(measure_limits(round));
      const std::vector<std::size_t> rows = rows_;  // a row that fails leaves rows_
      for (const std::size_t place : order_of_round(round, rows.size())) {
        if (is_over(round)) return BenchDone{BenchEnding::OutOfTime};
        measure_row(rows[place], round);
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

  void measure_row(std::size_t row, int round) {
    auto sample = sample_of(row, round);
    if (sample) return emit_(*sample);
    std::erase(rows_, row);
    emit_(BenchRefusal{.variant = row, .error = sample.error()});
  }

  Result<BenchSample> sample_of(std::size_t row, int round) {
    const BenchVariant& variant = start_.variants[row];
    const Deadline deadline = Clock::now() + schedule_.warm_up + schedule_.round + kSlack;
    const auto before = read_tls_stat(files_);
    auto done = transfer({.variant = variant,
                          .cpus = options_.cpus,
                          .warm_up = schedule_.warm_up,
                          .round = schedule_.round,
                          .deadline = deadline,
                          .ask_ktls = asks_kernel(variant.mode)},
                         content_, identity_, files_, kernel_.ulp_source());
    if (!done) return fail(with_reason(done.error(), variant, deadline));
    BenchSample sample{.variant = row,
                       .round = round,
                       .bytes = done->bytes,
                       .nanoseconds = done->time.count(),
                       .cost = done->cost,
                       .checked_bytes = done->checked_bytes};
    if (is_tls(variant.mode)) TRY(add_evidence(sample, *done, before, deadline));
    return sample;
  }

  Error with_reason(Error error, const BenchVariant& variant, Deadline deadline) const {
    if (error.fault != Fault::Unsupported || !asks_kernel(variant.mode)) return error;
    if (const std::string why = reason(kernel_, library_, variant, deadline); !why.empty())
      error.text += ": " + why;
    return error;
  }

  Outcome add_evidence(BenchSample& sample, const TransferResult& done,
                       const Result<TlsStat>& before, Deadline deadline) const {
    const BenchVariant& variant = start_.variants[sample.variant];
    const auto counters = counted(before, read_tls_stat(files_));
    Evidence evidence{.version = variant.version.value(),
                      .cipher = variant.cipher.value(),
                      .server = done.sender,
                      .client = done.receiver,
                      .own_namespace = options_.own_namespace};
    set_counters(evidence, counters);
    const Finding finding = weigh(evidence);
    if (!finding.broken.empty()) return fail(Fault::Io, finding.broken);
    sample.evidence = {.path = finding.tx,
                       .counters = counters.value_or(TlsStatDelta{}),
                       .ulp = ulp_of(done.sender),
                       .because = finding.remark};
    if (asks_kernel(variant.mode) && finding.tx == TlsPath::Userspace)
      sample.evidence.because = reason(kernel_, library_, variant, deadline);
    return {};
  }

  const FileTree& files_;
  const KernelTls& kernel_;
  const MeasureOptions& options_;
  const Emit& emit_;
  Deadline end_;
  Identity identity_;
  LibraryFacts library_;
  LoadContent content_;
  BenchStart start_;
  BenchSchedule schedule_;
  std::vector<std::size_t> rows_;  // that are measured
  std::vector<BenchRefusal> refusals_;
};

}  // namespace

void measure(const FileTree& files, const KernelTls& kernel, const MeasureOptions& options,
             const Emit& emit) {
  const auto done = Measuring(files, kernel, options, emit).run();
  if (done)
    emit(*done);
  else
    emit(done.error());
}

}  // namespace tuner
