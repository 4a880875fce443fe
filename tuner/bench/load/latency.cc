#include "bench/load/latency.h"

#include "bench/choice.h"
#include "bench/load/arrivals.h"
#include "bench/load/exchange.h"
#include "bench/load/path_evidence.h"

#include <algorithm>
#include <map>
#include <memory>

namespace tuner {
namespace {

constexpr std::chrono::milliseconds kClosedLoop{50};
// For its handshakes, as of a measurement.
constexpr std::chrono::seconds kSlack{20};
// A shorter run has one size: each measurement needs time for its rare, late responses.
constexpr std::chrono::seconds kAllSizes{30};

// In thousandths of the capacity. Light: while the generator sends a request, which takes some
// microseconds, another one is due in less than one of 100 cases. Half: requests wait for each
// other.
constexpr int kLight = 2;
constexpr int kHalf = 500;
constexpr double kLeastRequests = 10;  // of a measurement, however slow the machine is

// The sizes of a small answer, of a reply of an API and of one whole record.
LatencySetup usual_setup(std::chrono::seconds total) {
  LatencySetup setup{
      .connections = 4, .request_bytes = 64, .most_in_flight = 1024, .seed = 1, .steps = {}};
  std::vector<std::uint64_t> sizes{1024};
  if (total >= kAllSizes) sizes = {64, 1024, kLargestRecord};
  for (const std::uint64_t size : sizes) {
    for (const int load : {kLight, kHalf})
      setup.steps.push_back({.response_bytes = size, .load = load});
  }
  return setup;
}

class Latency {
 public:
  explicit Latency(const LoadRun& run) : run_(run), setup_(usual_setup(run.total)) {}

  const LatencySetup& setup() const { return setup_; }

  Outcome prepare(const std::vector<LoadTurn>& rows) {
    for (const LatencyStep& step : setup_.steps) {
      // The steps of one size differ only in their load.
      if (least_.contains(step.response_bytes)) continue;
      for (const LoadTurn& turn : rows) learn_capacity(turn, step);
    }
    return {};
  }

  Result<BenchEvent> measure(const LoadTurn& turn) const {
    const LatencyStep& step = setup_.steps[turn.step];
    const auto own = capacity_.find({turn.row, step.response_bytes});
    if (own == capacity_.end()) return fail(why_no_capacity_.at(turn.row));
    const double per_second = rate_of(step, turn.schedule.round);
    ExchangePlan plan = plan_for(turn, step);
    plan.warm_up = turn.schedule.warm_up;
    plan.due = poisson_arrivals(seed_of(setup_.seed, sequence_of(turn)), per_second,
                                turn.schedule.warm_up + turn.schedule.round);
    const PathWatch watch(run_, turn);
    auto done = TRY(exchange(plan, run_.content, run_.identity, run_.kernel.ulp_source()));
    auto evidence = TRY(watch.evidence(done.servers, done.clients));
    return LatencySample{.variant = turn.row,
                         .round = turn.round,
                         .step = turn.step,
                         .per_second = per_second,
                         .capacity_per_second = own->second,
                         .arrivals = done.arrivals,
                         .dropped = done.dropped,
                         .checked_bytes = done.checked_bytes,
                         .latency = std::move(done.latency),
                         .from_send = std::move(done.from_send),
                         .lag = std::move(done.lag),
                         .evidence = std::move(evidence)};
  }

 private:
  double rate_of(const LatencyStep& step, std::chrono::nanoseconds round) const {
    const double least = least_.at(step.response_bytes);
    const double enough = kLeastRequests * 1e9 / static_cast<double>(round.count());
    // Enough requests for a percentile, but for their sake no more than half of the capacity.
    return std::max(least * step.load / 1000, std::min(enough, least * kHalf / 1000));
  }

  ExchangePlan plan_for(const LoadTurn& turn, const LatencyStep& step) const {
    return {.variant = turn.variant,
            .cpus = run_.cpus,
            .connections = static_cast<std::size_t>(setup_.connections),
            .request_bytes = setup_.request_bytes,
            .response_bytes = step.response_bytes,
            .most_in_flight = setup_.most_in_flight,
            .due = {},
            .deadline = turn.deadline,
            .ask_ktls = asks_kernel(turn.variant.mode),
            .stall = {}};
  }

  // A row that fails here has no capacity: its first measurement says why.
  void learn_capacity(const LoadTurn& turn, const LatencyStep& step) {
    ExchangePlan plan = plan_for(turn, step);
    plan.deadline = std::chrono::steady_clock::now() + kClosedLoop + kSlack;
    const auto per_second = closed_loop_per_second(plan, kClosedLoop, run_.content, run_.identity);
    if (!per_second) {
      why_no_capacity_.insert_or_assign(turn.row, per_second.error());
      return;
    }
    capacity_[{turn.row, step.response_bytes}] = *per_second;
    const auto [least, first] = least_.emplace(step.response_bytes, *per_second);
    if (!first) least->second = std::min(least->second, *per_second);
  }

  // The same for all rows of a round: what differs between them is then not their requests.
  std::uint64_t sequence_of(const LoadTurn& turn) const {
    return static_cast<std::uint64_t>(turn.round) * setup_.steps.size() + turn.step;
  }

  const LoadRun& run_;
  const LatencySetup setup_;
  std::map<std::pair<std::size_t, std::uint64_t>, double> capacity_;  // by row and size, a second
  std::map<std::uint64_t, double> least_;                             // by size
  std::map<std::size_t, Error> why_no_capacity_;                      // by row
};

}  // namespace

Workload latency(const LoadRun& run) {
  const auto made = std::make_shared<Latency>(run);
  return {.variants = rows_of(BenchWorkload::Latency, run.choice),
          .steps = made->setup().steps.size(),
          .measure = [made](const LoadTurn& turn) { return made->measure(turn); },
          .prepare = [made](const std::vector<LoadTurn>& rows) { return made->prepare(rows); },
          .describe = [made](BenchStart& start) { start.latency = made->setup(); }};
}

}  // namespace tuner
