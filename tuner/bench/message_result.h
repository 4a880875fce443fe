// Judges the stages of received messages. Pure.
#pragma once

#include "bench/report.h"
#include "bench/stages.h"
#include "bench/statistics.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

struct StageFigure {
  // Over the messages of all rounds that have both marks. nullopt: the stage is not visible.
  std::optional<StageTimes> times;
  // Why it is not visible, or not for all messages. Empty: it is visible for all.
  std::string because;
};

struct MessageFigures {
  std::size_t messages = 0;
  std::size_t in_parts = 0;  // as of MarkedMessages; not among `messages`
  std::size_t disordered = 0;
  std::size_t compared = 0;
  std::optional<StageTimes> lead;  // MarkedMessages::leads; its count are those that agreed
  std::array<StageFigure, kMessageStages> stages;  // by MessageStage
  std::array<StageFigure, kMessageSums> sums;      // by MessageSum
  // The medians of the rounds as a multiple of those of TLS in user space, round by round. nullopt:
  // it is that row, was not measured, or in too few rounds.
  std::array<std::optional<PairedRatio>, kMessageSums> sums_to_tls;
  // The median of each round that has one, in ns, in the order of the rounds.
  std::array<std::vector<double>, kMessageSums> medians_by_round;

  const StageFigure& stage(MessageStage stage) const {
    return stages[static_cast<std::size_t>(stage)];
  }
  const StageFigure& sum(MessageSum sum) const { return sums[static_cast<std::size_t>(sum)]; }
  // By which the row is judged, and which is shown: from the kernel's stamp to plain text, or where
  // that is not visible or cannot be compared from the end of epoll_wait(2).
  MessageSum judged_sum() const;
  const std::optional<PairedRatio>& judged_ratio() const {
    return sums_to_tls[static_cast<std::size_t>(judged_sum())];
  }
};

// Of one row. nullopt: no message was measured.
std::optional<MessageFigures> message_figures(const BenchReport& report, std::size_t row);

}  // namespace tuner
