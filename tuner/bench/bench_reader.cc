#include "bench/bench_reader.h"

#include "bench/latency_json.h"

namespace tuner {
namespace {

// A measurement has about half a KiB, one with histograms up to some hundred.
constexpr std::size_t kLongestLine = 1U << 20U;

// The helper is a program of its own, so its numbers are not believed unread: a row that there is
// not would be read outside of the list, and a measurement without time divides by zero.
struct Checks {
  const BenchStart& start;

  bool known(std::size_t variant, int round) const {
    return variant < start.variants.size() && known(round);
  }
  bool known(int round) const { return round >= 0 && round < start.rounds; }

  Outcome operator()(const BenchSample& sample) const {
    if (!known(sample.variant, sample.round))
      return malformed_report("a measurement of no row or round");
    if (sample.nanoseconds <= 0 || sample.bytes == 0)
      return malformed_report("a measurement of no time or bytes");
    if (sample.memory && sample.memory->connections == 0)
      return malformed_report("memory of no connections");
    // Jain's index is at most 1, but for rounding.
    if (sample.fairness && !(*sample.fairness >= 0 && *sample.fairness <= 1.001))
      return malformed_report("a fairness that is not from 0 to 1");
    return {};
  }

  Outcome operator()(const LatencySample& sample) const {
    if (!known(sample.variant, sample.round) || !start.latency ||
        sample.step >= start.latency->steps.size())
      return malformed_report("a measurement of no row, round or step");
    if (!adds_up(sample)) return malformed_report("requests and their latencies do not add up");
    return {};
  }

  Outcome operator()(const MessageSample& sample) const {
    if (!known(sample.variant, sample.round))
      return malformed_report("messages of no row or round");
    for (const MessageMarks& marks : sample.marked.messages) {
      if (const auto ordered = check_order(marks); !ordered)
        return malformed_report("of a message " + ordered.error().text);
    }
    return {};
  }

  Outcome operator()(const LimitSample& limit) const {
    if (known(limit.round) && limit.nanoseconds > 0 && limit.bytes > 0) return {};
    return malformed_report("a limit of no round, time or bytes");
  }

  Outcome operator()(const BenchRefusal& refusal) const {
    if (refusal.variant < start.variants.size()) return {};
    return malformed_report("a refusal of no row");
  }

  Outcome operator()(const auto& /*start or end*/) const { return {}; }
};

}  // namespace

Outcome BenchReader::take(std::string_view part) {
  rest_ += part;
  std::size_t begin = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
    TRY(take_line(std::string_view(rest_).substr(begin, end - begin)));
    begin = end + 1;
  }
  rest_.erase(0, begin);
  // Only what has no end of line yet can grow without limit: whole lines are gone from it.
  if (rest_.size() > kLongestLine) return malformed_report("a line is too long");
  return {};
}

Outcome BenchReader::take_line(std::string_view line) {
  auto event = TRY(bench_event(line));
  TRY(check(event));
  return add(std::move(event));
}

Outcome BenchReader::check(const BenchEvent& event) const {
  if (ended_) return malformed_report("a line behind the last one");
  // An error may come at any time, also instead of the start.
  if (std::holds_alternative<Error>(event)) return {};
  if (std::holds_alternative<BenchStart>(event) == started_)
    return malformed_report(started_ ? "it starts twice" : "it does not start");
  return std::visit(Checks{report_.start}, event);
}

Outcome BenchReader::add(BenchEvent event) {
  if (auto* const start = std::get_if<BenchStart>(&event)) {
    report_.start = std::move(*start);
    started_ = true;
  } else if (auto* const sample = std::get_if<BenchSample>(&event)) {
    report_.samples.push_back(std::move(*sample));
  } else if (auto* const latency = std::get_if<LatencySample>(&event)) {
    add_sample(report_, std::move(*latency));
  } else if (auto* const messages = std::get_if<MessageSample>(&event)) {
    report_.messages.push_back(std::move(*messages));
  } else if (const auto* const limit = std::get_if<LimitSample>(&event)) {
    report_.limits.push_back(*limit);
  } else if (auto* const refusal = std::get_if<BenchRefusal>(&event)) {
    report_.refusals.push_back(std::move(*refusal));
  } else {
    ended_ = true;
    if (const auto* const done = std::get_if<BenchDone>(&event)) report_.ending = done->ending;
    if (auto* const error = std::get_if<Error>(&event)) report_.error = std::move(*error);
  }
  return {};
}

}  // namespace tuner
