#include "bench/stages.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace tuner {
namespace {

// The p-th percentile in hundredths: the smallest value that at least so many of all do not exceed.
std::int64_t nearest_rank(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  // Rounded up: the 50th percentile of three values is the second one.
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[rank - 1];
}

class Order {
 public:
  // A mark that is missing is passed over.
  void next(std::string_view name, std::optional<std::int64_t> mark) {
    if (!mark) return;
    if (last_ && *mark < *last_ && complaint_.empty())
      complaint_ = fmt::format("{} is {} ns before {}", name, *last_ - *mark, last_name_);
    last_ = mark;
    last_name_ = name;
  }
  const std::string& complaint() const { return complaint_; }

 private:
  std::optional<std::int64_t> last_;
  std::string_view last_name_;
  std::string complaint_;
};

}  // namespace

Outcome check_order(const MessageMarks& marks) {
  Order order;
  order.next("the NIC's stamp", marks.nic);
  order.next("the kernel's stamp", marks.kernel);
  order.next("the end of epoll_wait", marks.epoll);
  order.next("the begin of the call", marks.call);
  if (marks.receive) {
    order.next("the begin of recvmsg", marks.receive->begin);
    order.next("the end of recvmsg", marks.receive->begin + marks.receive->nanoseconds);
  }
  order.next("the end of the call", marks.plain);
  order.next("the end of parsing", marks.parsed);
  order.next("the end of the callback", marks.done);
  if (order.complaint().empty()) return {};
  return fail(Fault::Invalid, order.complaint());
}

std::optional<std::int64_t> stage_time(MessageStage stage, const MessageMarks& marks) {
  switch (stage) {
    case MessageStage::NicToKernel:
      if (!marks.nic || !marks.kernel) return std::nullopt;
      return *marks.kernel - *marks.nic;
    case MessageStage::KernelToEpoll:
      if (!marks.kernel) return std::nullopt;
      return marks.epoll - *marks.kernel;
    case MessageStage::EpollToRecv:
      if (!marks.receive) return std::nullopt;
      return marks.call - marks.epoll + marks.receive->nanoseconds;
    case MessageStage::Decrypt:
      if (!marks.receive) return std::nullopt;
      // SSL_read() may call recvmsg(2) more than once, so what it does beside is a difference and
      // no mark.
      return marks.plain - marks.call - marks.receive->nanoseconds;
    case MessageStage::Parse: return marks.parsed - marks.plain;
    case MessageStage::Callback: break;
  }
  return marks.done - marks.parsed;
}

std::optional<std::int64_t> sum_time(MessageSum sum, const MessageMarks& marks) {
  if (sum == MessageSum::EpollToPlainText) return marks.plain - marks.epoll;
  if (!marks.kernel) return std::nullopt;
  return (sum == MessageSum::KernelToDone ? marks.done : marks.plain) - *marks.kernel;
}

std::optional<StageTimes> stage_times(std::vector<std::int64_t> values) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  return StageTimes{
      .count = values.size(), .p50 = nearest_rank(values, 50), .p99 = nearest_rank(values, 99)};
}

}  // namespace tuner
