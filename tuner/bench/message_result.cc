#include "bench/message_result.h"

#include "bench/row_parts.h"

#include <algorithm>
#include <functional>

namespace tuner {
namespace {

// Why this stage has no time in any message of the row; nullopt: it depends on stamps.
std::optional<std::string> never_visible(MessageStage stage, const BenchVariant& variant,
                                         bool marked) {
  if (stage == MessageStage::NicToKernel)
    return "not visible: loopback has no NIC, and so no hardware time stamp";
  if (stage == MessageStage::Decrypt && !is_tls(variant.mode))
    return "no TLS: nothing is decrypted";
  if (marked) return std::nullopt;
  // The kernel decrypts within recvmsg(2), so no mark can lie between the two.
  if (stage == MessageStage::EpollToRecv) return "one call with decrypt";
  if (stage == MessageStage::Decrypt) return "one call with receive";
  return std::nullopt;
}

using TimeOf = std::function<std::optional<std::int64_t>(const MessageMarks&)>;

class RowMessages {
 public:
  RowMessages(const BenchReport& report, std::size_t row) : variant_(report.start.variants[row]) {
    for (const MessageSample& sample : report.messages) {
      if (sample.variant == row) samples_.push_back(&sample);
    }
  }

  MessageFigures figures() const {
    MessageFigures figures;
    std::vector<std::int64_t> leads;
    for (const MessageSample* const sample : samples_) {
      const MarkedMessages& marked = sample->marked;
      figures.messages += marked.messages.size();
      figures.in_parts += marked.in_parts;
      figures.disordered += marked.disordered;
      figures.compared += marked.compared;
      leads.insert(leads.end(), marked.leads.begin(), marked.leads.end());
    }
    figures.lead = stage_times(std::move(leads));
    for (const auto& row : kWords<MessageStage>)
      figures.stages[static_cast<std::size_t>(row.value)] = stage_figure(row.value);
    for (const auto& row : kWords<MessageSum>)
      figures.sums[static_cast<std::size_t>(row.value)] =
          figure([&](const MessageMarks& marks) { return sum_time(row.value, marks); });
    return figures;
  }

  // The median of each round that has one.
  ByRound medians(MessageSum sum) const {
    ByRound by_round;
    for (const MessageSample* const sample : samples_) {
      const auto times = stage_times(
          times_in(*sample, [&](const MessageMarks& marks) { return sum_time(sum, marks); }));
      if (times) by_round[sample->round] = static_cast<double>(times->p50);
    }
    return by_round;
  }

 private:
  static std::vector<std::int64_t> times_in(const MessageSample& sample, const TimeOf& time_of) {
    std::vector<std::int64_t> times;
    for (const MessageMarks& marks : sample.marked.messages) {
      if (const auto time = time_of(marks)) times.push_back(*time);
    }
    return times;
  }

  bool marked() const {
    return std::ranges::any_of(samples_, [](const MessageSample* sample) {
      return std::ranges::any_of(sample->marked.messages, [](const MessageMarks& marks) {
        return marks.receive.has_value();
      });
    });
  }

  StageFigure stage_figure(MessageStage stage) const {
    if (auto because = never_visible(stage, variant_, marked()))
      return {.times = {}, .because = *std::move(because)};
    return figure([&](const MessageMarks& marks) { return stage_time(stage, marks); });
  }

  // A time that is missing has no kernel's stamp: all other marks are the program's own.
  StageFigure figure(const TimeOf& time_of) const {
    std::vector<std::int64_t> all;
    StageFigure made;
    for (const MessageSample* const sample : samples_) {
      const auto times = times_in(*sample, time_of);
      if (times.size() < sample->marked.messages.size()) made.because = sample->marked.no_stamps;
      all.insert(all.end(), times.begin(), times.end());
    }
    made.times = stage_times(std::move(all));
    if (!made.times) made.because = "not visible: " + made.because;
    return made;
  }

  const BenchVariant& variant_;
  std::vector<const MessageSample*> samples_;
};

}  // namespace

MessageSum MessageFigures::judged_sum() const {
  const auto ratio = [&](MessageSum one) {
    return sums_to_tls[static_cast<std::size_t>(one)].has_value();
  };
  // Both rows need stamps for a ratio of the wider sum. With stamps of this row alone the narrower
  // sum is compared, and without a ratio of either the wider one is shown, if this row has stamps.
  if (ratio(MessageSum::KernelToPlainText)) return MessageSum::KernelToPlainText;
  const bool stamped = sum(MessageSum::KernelToPlainText).times.has_value();
  return stamped && !ratio(MessageSum::EpollToPlainText) ? MessageSum::KernelToPlainText
                                                         : MessageSum::EpollToPlainText;
}

std::optional<MessageFigures> message_figures(const BenchReport& report, std::size_t row) {
  const RowMessages messages(report, row);
  MessageFigures figures = messages.figures();
  if (figures.messages == 0) return std::nullopt;
  for (const auto& sum : kWords<MessageSum>) {
    for (const auto& [round, median] : messages.medians(sum.value))
      figures.medians_by_round[static_cast<std::size_t>(sum.value)].push_back(median);
  }
  const auto tls = user_space_of(report.start, report.start.variants[row]);
  if (!tls || *tls == row) return figures;
  const RowMessages bases(report, *tls);
  for (const auto& sum : kWords<MessageSum>)
    figures.sums_to_tls[static_cast<std::size_t>(sum.value)] =
        ratio_of(messages.medians(sum.value), bases.medians(sum.value));
  return figures;
}

}  // namespace tuner
