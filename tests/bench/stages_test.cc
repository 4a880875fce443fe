#include "bench/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace tuner {
namespace {

using ::testing::HasSubstr;

// A message in user space: NIC 100, kernel 300, epoll 700, call 750, recvmsg 760 to 860, plain text
// 1000, parsed 1050, done 1080.
MessageMarks marks() {
  return {.nic = 100,
          .kernel = 300,
          .epoll = 700,
          .call = 750,
          .receive = MessageReceive{.begin = 760, .nanoseconds = 100},
          .plain = 1000,
          .parsed = 1050,
          .done = 1080};
}

TEST(Stages, AreTheTimesBetweenMarks) {
  EXPECT_EQ(stage_time(MessageStage::NicToKernel, marks()), 200);
  EXPECT_EQ(stage_time(MessageStage::KernelToEpoll, marks()), 400);
  EXPECT_EQ(stage_time(MessageStage::EpollToRecv, marks()), 150);
  EXPECT_EQ(stage_time(MessageStage::Decrypt, marks()), 150);
  EXPECT_EQ(stage_time(MessageStage::Parse, marks()), 50);
  EXPECT_EQ(stage_time(MessageStage::Callback, marks()), 30);
}

// Nothing is counted twice or left out.
TEST(Stages, AddUpToTheWholeTime) {
  std::int64_t sum = 0;
  for (const auto& stage : kWords<MessageStage>) sum += *stage_time(stage.value, marks());
  EXPECT_EQ(sum, 1080 - 100);
  EXPECT_EQ(sum_time(MessageSum::KernelToPlainText, marks()), 700);
  EXPECT_EQ(sum_time(MessageSum::EpollToPlainText, marks()), 300);
  EXPECT_EQ(sum_time(MessageSum::KernelToDone, marks()), 780);
}

TEST(Stages, AMissingStampIsNoZero) {
  MessageMarks without = marks();
  without.nic.reset();
  EXPECT_EQ(stage_time(MessageStage::NicToKernel, without), std::nullopt);
  EXPECT_EQ(stage_time(MessageStage::KernelToEpoll, without), 400);
  without.kernel.reset();
  EXPECT_EQ(stage_time(MessageStage::KernelToEpoll, without), std::nullopt);
  EXPECT_EQ(sum_time(MessageSum::KernelToPlainText, without), std::nullopt);
  EXPECT_EQ(sum_time(MessageSum::EpollToPlainText, without), 300);
}

TEST(Stages, UnderKernelTlsReceiveAndDecryptAreOneCall) {
  MessageMarks kernel = marks();
  kernel.receive.reset();
  EXPECT_EQ(stage_time(MessageStage::EpollToRecv, kernel), std::nullopt);
  EXPECT_EQ(stage_time(MessageStage::Decrypt, kernel), std::nullopt);
  EXPECT_EQ(sum_time(MessageSum::EpollToPlainText, kernel), 300);
}

TEST(Stages, TheOrderOfMarksIsChecked) {
  EXPECT_TRUE(check_order(marks()));
  EXPECT_TRUE(check_order({})) << "all at one time";
  const auto complaint = [](auto change) {
    MessageMarks lying = marks();
    change(lying);
    const auto checked = check_order(lying);
    return checked ? std::string("in order") : checked.error().text;
  };
  EXPECT_EQ(complaint([](auto& one) { one.kernel = 701; }),
            "the end of epoll_wait is 1 ns before the kernel's stamp");
  EXPECT_THAT(complaint([](auto& one) { one.nic = 301; }), HasSubstr("the kernel's stamp is 1 ns"));
  EXPECT_THAT(complaint([](auto& one) { one.call = 699; }), HasSubstr("begin of the call"));
  EXPECT_THAT(complaint([](auto& one) { one.receive->begin = 749; }),
              HasSubstr("begin of recvmsg"));
  EXPECT_THAT(complaint([](auto& one) { one.receive->nanoseconds = 241; }),
              HasSubstr("the end of the call is 1 ns before the end of recvmsg"));
  EXPECT_THAT(complaint([](auto& one) { one.receive->nanoseconds = -1; }),
              HasSubstr("end of recvmsg"));
  EXPECT_THAT(complaint([](auto& one) { one.parsed = 999; }), HasSubstr("end of parsing"));
  EXPECT_THAT(complaint([](auto& one) { one.done = 0; }), HasSubstr("end of the callback"));
  // Without the marks between, the next one counts.
  EXPECT_THAT(complaint([](auto& one) {
                one.kernel.reset();
                one.nic = 701;
              }),
              HasSubstr("before the NIC's stamp"));
}

TEST(Stages, PercentilesAreValuesThatOccurred) {
  EXPECT_FALSE(stage_times({}));
  const auto one = stage_times({7});
  EXPECT_EQ(one->count, 1U);
  EXPECT_EQ(one->p50, 7);
  EXPECT_EQ(one->p99, 7);
  std::vector<std::int64_t> values(200);
  std::iota(values.rbegin(), values.rend(), 1);  // 200 … 1
  const auto times = stage_times(values);
  EXPECT_EQ(times->count, 200U);
  EXPECT_EQ(times->p50, 100);
  EXPECT_EQ(times->p99, 198);
}

}  // namespace
}  // namespace tuner
