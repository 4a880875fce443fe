#include "bench/load/many_workloads.h"

#include "bench/choice.h"
#include "bench/load/kernel/memory_use.h"
#include "bench/load/many_transfer.h"
#include "bench/load/path_evidence.h"
#include "bench/tcp_counters.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <vector>

namespace tuner {
namespace {

using std::chrono::milliseconds;

// For a handshake of both ends on an emulated CPU; much more than it takes elsewhere.
constexpr milliseconds kLongestHandshake{40};
// Messages that are on their way at a time, however many connections there are: so the memory of a
// run does not grow with what the kernel's buffers would hold.
constexpr std::uint64_t kWindow = 256 * kTurnBytes;
constexpr std::size_t kGreetingBytes = 64;
constexpr std::size_t kAtATime = 64;  // open at a time while connections are made
constexpr std::size_t kReaders = 32;
constexpr milliseconds kPause{50};
constexpr std::size_t kLossyConnections = 16;

// Of these connections the bytes flow at once.
struct Shape {
  std::size_t connections = 0;
  std::optional<std::uint64_t> window;
  std::size_t slow_readers = 0;
  bool counts_retransmissions = false;
};

Outcome has_room(const LoadRun& run, std::uint64_t connections) {
  TRY(allows_connections(connections));
  const auto meminfo = run.files.read("/proc/meminfo");
  return meminfo ? memory_allows(*meminfo, connections) : Outcome();
}

MakePlan make_plan(const LoadRun& run, const LoadTurn& turn, std::size_t open) {
  return {.variant = turn.variant,
          .cpus = run.cpus,
          .open = open,
          .ask_ktls = asks_kernel(turn.variant.mode)};
}

Result<ConnectionSet> open_all(const LoadRun& run, const LoadTurn& turn, std::size_t open) {
  const auto greeting = std::span(run.content.bytes).first(kGreetingBytes);
  const auto maker =
      TRY(ConnectionMaker::start(make_plan(run, turn, open), run.identity, greeting));
  return maker->finish(turn.deadline + open * kLongestHandshake);
}

// Of one connection. An end whose peer is gone has no diagnostics: the next one is asked.
EndEvidence sender_of(const ConnectionSet& set, const AskUlp& ask_ulp) {
  EndEvidence evidence;
  const auto some = std::span(set.senders).first(std::min(set.senders.size(), kAtATime));
  for (const EventEnd& end : some) {
    evidence = end.evidence(ask_ulp);
    if (!ask_ulp || evidence.diagnostics) break;
  }
  // What OpenSSL says must be so of all: the counters then contradict it, if it is not.
  evidence.ktls_send = set.kernel_senders > 0;
  evidence.ktls_recv = set.kernel_receivers > 0;
  return evidence;
}

// The connections are closed before the counters are read.
Result<BenchEvidence> evidence_of(ConnectionSet set, const LoadRun& run, const PathWatch& watch) {
  const EndEvidence sender = sender_of(set, run.kernel.ulp_source());
  const EndEvidence receiver = set.receivers.front().evidence(run.kernel.ulp_source());
  set.senders.clear();
  set.receivers.clear();
  return watch.evidence(sender, receiver, set.made);
}

Result<std::int64_t> sent_again(const FileTree& files) {
  return retransmissions(TRY(files.read("/proc/self/net/snmp")));
}

ManyPlan transfer_plan(const LoadRun& run, const LoadTurn& turn, const Shape& shape) {
  return {.mode = turn.variant.mode,
          .cpus = run.cpus,
          .warm_up = turn.schedule.warm_up,
          .round = turn.schedule.round,
          .deadline = turn.deadline + shape.connections * kLongestHandshake,
          .window = shape.window,
          .slow_readers = shape.slow_readers,
          .pause = kPause};
}

Result<BenchEvent> measure_many(const LoadRun& run, const LoadTurn& turn, const Shape& shape) {
  const PathWatch watch(run, turn);
  const MemoryUse before = memory_use(run.files);
  auto set = TRY(open_all(run, turn, shape.connections));
  const MemoryUse open = memory_use(run.files);
  // Open and idle: what a connection costs that has nothing to say. Its buffers are looked at
  // later, when they are full.
  ConnectionMemory memory = growth(before, open, shape.connections);
  const auto again_before = sent_again(run.files);
  const auto done =
      TRY(transfer_many(set, transfer_plan(run, turn, shape), run.content, run.files, [&] {
        memory.buffer_bytes = growth(before, memory_use(run.files), shape.connections).buffer_bytes;
      }));
  auto evidence = TRY(evidence_of(std::move(set), run, watch));
  if (shape.counts_retransmissions)
    evidence.counters[std::string(kRetransmissions)] =
        TRY(sent_again(run.files)) - TRY(again_before);
  BenchSample sample{.variant = turn.row,
                     .round = turn.round,
                     .bytes = done.bytes,
                     .nanoseconds = done.time.count(),
                     .cost = done.cost,
                     .checked_bytes = done.checked_bytes,
                     .evidence = std::move(evidence),
                     .memory = memory};
  // With a window the sender goes round: how far it has come says nothing of fairness.
  if (!shape.window) sample.fairness = done.fairness;
  return sample;
}

Result<BenchEvent> measure_handshakes(const LoadRun& run, const LoadTurn& turn) {
  const PathWatch watch(run, turn);
  MakePlan plan = make_plan(run, turn, kAtATime);
  plan.replace = true;
  const auto greeting = std::span(run.content.bytes).first(kGreetingBytes);
  const auto maker = TRY(ConnectionMaker::start(plan, run.identity, greeting));
  TRY(maker->threads().run_for(turn.schedule.warm_up));
  const auto before = TRY(stamp(run.files, run.cpus, maker->threads()));
  const std::uint64_t made_before = maker->made();
  TRY(maker->threads().run_for(turn.schedule.round));
  // However slow the machine is, the first row has one.
  TRY(maker->threads().run_until([&] { return maker->made() > made_before; }, turn.deadline,
                                 "make a connection"));
  const std::uint64_t made = maker->made() - made_before;
  const auto after = TRY(stamp(run.files, run.cpus, maker->threads()));
  auto set = TRY(maker->finish(turn.deadline + kAtATime * kLongestHandshake));
  const std::uint64_t all = set.made;
  return BenchSample{.variant = turn.row,
                     .round = turn.round,
                     .bytes = made * kGreetingBytes,
                     .nanoseconds = (after.at - before.at).count(),
                     .cost = cost_between(before, after, run.cpus),
                     .checked_bytes = all * kGreetingBytes,
                     .evidence = TRY(evidence_of(std::move(set), run, watch)),
                     .operations = made};
}

}  // namespace

Workload connections(const LoadRun& run) {
  return {.variants = rows_of(BenchWorkload::Connections, run.choice),
          .measure =
              [&run](const LoadTurn& turn) {
                return measure_many(run, turn,
                                    {.connections = turn.variant.point.value(), .window = kWindow});
              },
          .allows =
              [&run](const BenchVariant& variant) { return has_room(run, variant.point.value()); }};
}

Workload handshakes(const LoadRun& run) {
  return {.variants = rows_of(BenchWorkload::Handshakes, run.choice),
          .measure = [&run](const LoadTurn& turn) { return measure_handshakes(run, turn); }};
}

Workload slow_readers(const LoadRun& run) {
  return {.variants = rows_of(BenchWorkload::SlowReaders, run.choice),
          .measure = [&run](const LoadTurn& turn) {
            return measure_many(
                run, turn, {.connections = kReaders, .slow_readers = turn.variant.point.value()});
          }};
}

Workload loss(const LoadRun& run) {
  return {.variants = rows_of(BenchWorkload::Loss, run.choice),
          .measure =
              [&run](const LoadTurn& turn) {
                return measure_many(
                    run, turn, {.connections = kLossyConnections, .counts_retransmissions = true});
              },
          .allows = [&run](const BenchVariant& /*variant*/) -> Outcome {
            if (run.no_loss) return fail(*run.no_loss);
            return {};
          }};
}

}  // namespace tuner
