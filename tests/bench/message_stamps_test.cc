#include "bench/load/message_stamps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using Stamps = std::vector<std::optional<std::int64_t>>;

// The message with this number: each takes 1,000 ns, and epoll_wait() ends 500 after its begin.
HandledMessage handled(int number, bool timed = true) {
  const std::int64_t at = 1'000'000 + 1000 * number;
  return {.marks = {.nic = {},
                    .kernel = {},
                    .epoll = at + 500,
                    .call = at + 510,
                    .receive = MessageReceive{.begin = at + 520, .nanoseconds = 100},
                    .plain = at + 700,
                    .parsed = at + 750,
                    .done = at + 760},
          .stamp = {},
          .timed = timed,
          .in_parts = false};
}

TEST(MessageStamps, MarksAreRelativeToTheFirst) {
  const auto marked = stamp_messages({handled(0, false), handled(1), handled(2)},
                                     Stamps{1'000'400, 1'001'400, 1'002'450});
  EXPECT_EQ(marked.origin, 1'001'400);
  ASSERT_EQ(marked.messages.size(), 2U) << "the warm-up is left out";
  EXPECT_EQ(marked.messages[0].kernel, 0);
  EXPECT_EQ(marked.messages[0].epoll, 100);
  EXPECT_EQ(marked.messages[0].receive->begin, 120);
  EXPECT_EQ(marked.messages[1].kernel, 1050);
  EXPECT_EQ(marked.messages[1].done, 1360);
  EXPECT_EQ(marked.no_stamps, "");
  EXPECT_TRUE(check_order(marked.messages[1]));
}

TEST(MessageStamps, TheSocketsStampServesWithoutACapture) {
  std::vector<HandledMessage> messages{handled(0), handled(1)};
  messages[0].stamp = 1'000'300;
  const auto marked = stamp_messages(messages, {});
  EXPECT_EQ(marked.messages[0].kernel, 0);
  EXPECT_EQ(marked.messages[1].kernel, std::nullopt);
  EXPECT_EQ(marked.no_stamps, "1 of 2 messages have no time stamp of the kernel");
  EXPECT_EQ(marked.compared, 0U);
}

// A stamp behind the end of epoll_wait(), and one of the message before.
TEST(MessageStamps, AStampThatLiesIsDropped) {
  const auto marked =
      stamp_messages({handled(0), handled(1), handled(2)}, Stamps{1'000'501, 1'000'759, 1'002'000});
  EXPECT_EQ(marked.messages[0].kernel, std::nullopt);
  EXPECT_EQ(marked.messages[1].kernel, std::nullopt);
  EXPECT_TRUE(marked.messages[2].kernel.has_value());
  EXPECT_THAT(marked.no_stamps, HasSubstr("2 of 3 messages"));
}

TEST(MessageStamps, MessagesWithContradictionsOrPartsAreCountedApart) {
  std::vector<HandledMessage> messages{handled(0), handled(1), handled(2)};
  messages[0].marks.parsed = messages[0].marks.plain - 1;  // as if the clock had been set
  messages[1].in_parts = true;
  const auto marked = stamp_messages(messages, {});
  EXPECT_EQ(marked.messages.size(), 1U);
  EXPECT_EQ(marked.disordered, 1U);
  EXPECT_EQ(marked.in_parts, 1U);
}

// The capture's is the earlier one; a later one is that of another packet, as is one from before
// the message before was handled.
TEST(MessageStamps, BothSourcesAreComparedInTheWarmUp) {
  std::vector<HandledMessage> messages{handled(0, false), handled(1, false), handled(2, false),
                                       handled(3, false), handled(4)};
  messages[0].stamp = 1'000'450;
  messages[1].stamp = 1'001'399;
  messages[2].stamp = 1'002'400;
  const auto marked =
      stamp_messages(messages, Stamps{1'000'400, 1'001'400, 1'001'700, 1'003'400, 1'004'400});
  EXPECT_EQ(marked.compared, 3U);
  EXPECT_EQ(marked.leads, (std::vector<std::int64_t>{50}));
}

TEST(MessageStamps, NoMessagesAreNoMarks) {
  const auto marked = stamp_messages({}, {});
  EXPECT_TRUE(marked.messages.empty());
  EXPECT_EQ(marked.origin, 0);
}

}  // namespace
}  // namespace tuner
