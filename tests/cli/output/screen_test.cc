#include "cli/output/screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kClearScreen = "\x1b[2J";

TEST(Screen, AFrameBeginsAtTheTopAndErasesWhatIsLeftOfTheLastOne) {
  const std::string frame = screen_frame("one\ntwo\n", {.rows = 5, .columns = 20}, false);
  EXPECT_EQ(frame, "\x1b[?2026h\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J\x1b[?2026l");
  EXPECT_THAT(frame, Not(HasSubstr(kClearScreen))) << "a cleared screen flickers";
}

TEST(Screen, NothingScrolls) {
  const ScreenSize size{.rows = 3, .columns = 20};
  const std::string exact = screen_frame("1\n2\n3\n", size, false);
  EXPECT_THAT(exact, HasSubstr("3"));
  EXPECT_EQ(std::ranges::count(exact, '\n'), 2) << "no line end below the last row";
  const std::string more = screen_frame("1\n2\n3\n4\n5\n", size, false);
  EXPECT_EQ(std::ranges::count(more, '\n'), 2);
  EXPECT_THAT(more, HasSubstr("2\x1b[K\r\n... 3 more lines"));
}

TEST(Screen, NamesOfTheMachineCannotControlTheTerminal) {
  EXPECT_THAT(screen_frame("nginx\x1b[2J\x07", {}, true), HasSubstr("nginx\\x1b[2J\\x07"));
}

TEST(Screen, ColoursPassOnlyIfTheyAreWanted) {
  EXPECT_THAT(screen_frame("\x1b[32mkernel\x1b[0m", {}, false), HasSubstr("\\x1b[32m"));
}

TEST(Screen, ADumbTerminalIsNotRefreshed) {
  EXPECT_TRUE(can_refresh(true, "xterm-256color"));
  EXPECT_FALSE(can_refresh(true, "dumb"));
  EXPECT_FALSE(can_refresh(true, nullptr));
  EXPECT_FALSE(can_refresh(true, ""));
  EXPECT_FALSE(can_refresh(false, "xterm"));
}

}  // namespace
}  // namespace tuner
