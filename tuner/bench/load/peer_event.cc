#include "bench/load/peer_event.h"

#include "base/cpu_set.h"
#include "probe/handshake/peer_words.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

namespace tuner {
namespace {

// The texts and names of an event are put where the probe has them, so that its rules decide.
Outcome check(const ProbeCell& cell) {
  return check_peer_cell(cell, {cell.version, cell.cipher});
}

// Of one end during a measurement of at most an hour.
bool is_possible(const EndCost& cost) {
  constexpr std::int64_t kMostUs = 7'200'000'000;
  return cost.cpu_us >= 0 && cost.cpu_us <= kMostUs && cost.thread_us >= 0 &&
         cost.thread_us <= kMostUs;
}

Outcome check_one(const BenchStart& start) {
  TRY(check_peer_text(start.library));
  const auto is_cpu = [](int cpu) { return cpu >= 0 && cpu < CpuSet::kLimit; };
  const auto is_share = [](int share) { return share >= 0 && share <= 1000; };
  if (!std::ranges::all_of(start.cpus, is_cpu)) return invalid_peer_value("cpus");
  if (!std::ranges::all_of(start.other_load, is_share)) return invalid_peer_value("other_load");
  for (const LimitRefusal& one : start.limits_refused) TRY(check_peer_text(one.because));
  for (const CountRefusal& one : start.counts_refused) TRY(check_peer_text(one.because));
  if (!start.wire) return {};
  TRY(check_peer_text(start.wire->peer));
  TRY(check_peer_text(start.wire->peer_library));
  return check({.interface = start.wire->interface, .nics = start.wire->nics});
}

Outcome check_one(const LimitSample& sample) {
  if (sample.bytes == 0 || sample.nanoseconds <= 0) return invalid_peer_value("limit");
  return {};
}

Outcome check_one(const BenchSample& sample) {
  if (sample.bytes == 0 || sample.nanoseconds <= 0) return invalid_peer_value("sample");
  if (!std::ranges::all_of(sample.cost, is_possible)) return invalid_peer_value("cost");
  // Of workloads with many connections, which are not measured between two hosts.
  if (sample.memory || sample.fairness) return invalid_peer_value("memory");
  const BenchEvidence& evidence = sample.evidence;
  return check({.tx = evidence.path,
                .counters = evidence.counters,
                .ulp = evidence.ulp,
                .because = evidence.because,
                .driver_counters = evidence.nic_counters});
}

// Of workloads that are not measured between two hosts.
Outcome check_one(const LatencySample& /*sample*/) {
  return invalid_peer_value("latency");
}
Outcome check_one(const MessageSample& /*sample*/) {
  return invalid_peer_value("message");
}

Outcome check_one(const Error& error) {
  TRY(check_peer_text(error.text));
  return check_peer_text(error.hint);
}

Outcome check_one(const BenchRefusal& refusal) {
  return check_one(refusal.error);
}

Outcome check_one(const BenchDone& /*done*/) {
  return {};
}

}  // namespace

Outcome check_peer_event(const BenchEvent& event) {
  return std::visit([](const auto& one) { return check_one(one); }, event);
}

Outcome check_peer_text(std::string_view text) {
  return check({.because = std::string(text)});
}

Error lost_peer(Error error, std::string_view next) {
  if (error.errno_value == EPIPE || error.errno_value == ECONNRESET)
    error.text = "the other end closed the connection";
  if (error.hint.empty()) error.hint = next;
  return error;
}

Error sendable_error(Error error) {
  error.text = sendable_sentence(error.text);
  error.hint = sendable_sentence(error.hint);
  return error;
}

BenchEvent sendable_event(BenchEvent event) {
  if (auto* const error = std::get_if<Error>(&event)) *error = sendable_error(std::move(*error));
  if (auto* const refusal = std::get_if<BenchRefusal>(&event))
    refusal->error = sendable_error(std::move(refusal->error));
  if (auto* const sample = std::get_if<BenchSample>(&event)) {
    ProbeCell cell{.tx = sample->evidence.path, .because = sample->evidence.because};
    cell = sendable(std::move(cell));
    sample->evidence.path = cell.tx;
    sample->evidence.because = cell.because;
  }
  return event;
}

}  // namespace tuner
