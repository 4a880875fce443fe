#include "cli/output/display.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

constexpr Output kTerminal{.is_terminal = true, .window = 100};

Output with(Output output, const char* columns, const char* term = "xterm") {
  output.columns = columns;
  output.term = term;
  return output;
}

TEST(Display, HasTheWidthOfTheTerminal) {
  EXPECT_EQ(display_for(kTerminal, "auto").width, 100U);
}

TEST(Display, ColumnsWinOverTheTerminal) {
  EXPECT_EQ(display_for(with(kTerminal, "60"), "auto").width, 60U);
  EXPECT_EQ(display_for(with({.is_terminal = true}, "60"), "auto").width, 60U);
}

TEST(Display, ColumnsThatAreNoWidthAreIgnored) {
  for (const char* columns : {"", "0", "-5", "wide", "80x24", "99999999999999999999"})
    EXPECT_EQ(display_for(with(kTerminal, columns), "auto").width, 100U) << columns;
}

TEST(Display, ATerminalThatReportsNoWidthWrapsNothingAndATinyOneSome) {
  EXPECT_EQ(display_for({.is_terminal = true}, "auto").width, 0U);
  EXPECT_EQ(display_for(with(kTerminal, "1"), "auto").width, 20U);
}

TEST(Display, NothingIsWrappedWithoutATerminal) {
  EXPECT_EQ(display_for(with({.window = 100}, "60"), "always").width, 0U);
}

TEST(Display, ColourNeedsATerminalThatIsNotDumb) {
  EXPECT_TRUE(display_for(with(kTerminal, nullptr), "auto").color);
  EXPECT_TRUE(display_for(with(kTerminal, nullptr, nullptr), "auto").color);
  EXPECT_FALSE(display_for(with(kTerminal, nullptr, "dumb"), "auto").color);
  EXPECT_FALSE(display_for({}, "auto").color);
}

TEST(Display, NoColorAndTheOptionDecide) {
  Output output = kTerminal;
  output.no_color = "";
  EXPECT_FALSE(display_for(output, "auto").color);
  EXPECT_TRUE(display_for(output, "always").color);
  EXPECT_TRUE(display_for(with({}, nullptr, "dumb"), "always").color);
  EXPECT_FALSE(display_for(kTerminal, "never").color);
}

}  // namespace
}  // namespace tuner
