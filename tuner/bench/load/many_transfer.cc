#include "bench/load/many_transfer.h"

#include "bench/load/many_ends.h"
#include "bench/statistics.h"

#include <algorithm>

namespace tuner {
namespace {

// Compared behind the timed part, of all connections together.
std::uint64_t bytes_to_check(const ConnectionSet& set) {
  return std::min<std::uint64_t>(set.receivers.size() * kTurnBytes, kCheckedBytes);
}

Result<ManyResult> timed_part(Flow& flow, EndThreads& threads, const ManyPlan& plan,
                              const FileTree& files) {
  const auto before = TRY(stamp(files, plan.cpus, threads));
  const std::uint64_t received = flow.received;
  flow.part = Flow::Part::Timed;
  TRY(threads.run_for(plan.round));
  // On a machine that is overloaded the threads may not have run yet.
  TRY(threads.run_until([&] { return flow.received > received; }, plan.deadline,
                        "receive the first bytes"));
  ManyResult result;
  result.bytes = flow.received - received;
  const auto after = TRY(stamp(files, plan.cpus, threads));
  result.time = after.at - before.at;
  result.cost = cost_between(before, after, plan.cpus);
  return result;
}

}  // namespace

Result<ManyResult> transfer_many(ConnectionSet& set, const ManyPlan& plan,
                                 const LoadContent& content, const FileTree& files,
                                 const std::function<void()>& at_end) {
  auto flow = TRY(Flow::make(plan.window));
  ManySenders senders(set.senders, plan, content, flow);
  ManyReceivers receivers(set.receivers, plan, content, flow);
  EndThreads threads(
      plan.cpus, [&](const EndThreads& both) { return senders.run(both); },
      [&](const EndThreads& both) { return receivers.run(both); });
  TRY(threads.run_for(plan.warm_up));
  auto result = TRY(timed_part(flow, threads, plan, files));
  flow.part = Flow::Part::Check;
  // Before the check: it reads on, and the kernel's buffers become empty.
  at_end();
  TRY(threads.run_until([&] { return flow.checked >= bytes_to_check(set); }, plan.deadline,
                        "compare what arrives"));
  TRY(threads.end());
  result.checked_bytes = flow.checked;
  result.fairness = jain_index(receivers.timed_bytes());
  return result;
}

}  // namespace tuner
