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
  EXPECT_EQ(display_for(kTerminal, Coloring::Auto).width, 100U);
}

TEST(Display, ColumnsWinOverTheTerminal) {
  EXPECT_EQ(display_for(with(kTerminal, "60"), Coloring::Auto).width, 60U);
  EXPECT_EQ(display_for(with({.is_terminal = true}, "60"), Coloring::Auto).width, 60U);
}

TEST(Display, ColumnsThatAreNoWidthAreIgnored) {
  for (const char* columns : {"", "0", "-5", "wide", "80x24", "99999999999999999999"})
    EXPECT_EQ(display_for(with(kTerminal, columns), Coloring::Auto).width, 100U) << columns;
}

TEST(Display, ATerminalThatReportsNoWidthWrapsNothingAndATinyOneSome) {
  EXPECT_EQ(display_for({.is_terminal = true}, Coloring::Auto).width, 0U);
  EXPECT_EQ(display_for(with(kTerminal, "1"), Coloring::Auto).width, 20U);
}

TEST(Display, NothingIsWrappedWithoutATerminal) {
  EXPECT_EQ(display_for(with({.window = 100}, "60"), Coloring::Always).width, 0U);
}

TEST(Display, ColourNeedsATerminalThatIsNotDumb) {
  EXPECT_TRUE(display_for(with(kTerminal, nullptr), Coloring::Auto).color);
  EXPECT_TRUE(display_for(with(kTerminal, nullptr, nullptr), Coloring::Auto).color);
  EXPECT_FALSE(display_for(with(kTerminal, nullptr, "dumb"), Coloring::Auto).color);
  EXPECT_FALSE(display_for({}, Coloring::Auto).color);
}

TEST(Display, NoColorAndTheOptionDecide) {
  Output output = kTerminal;
  output.no_color = "";
  EXPECT_TRUE(display_for(output, Coloring::Auto).color);
  output.no_color = "1";
  EXPECT_FALSE(display_for(output, Coloring::Auto).color);
  EXPECT_TRUE(display_for(output, Coloring::Always).color);
  EXPECT_TRUE(display_for(with({}, nullptr, "dumb"), Coloring::Always).color);
  EXPECT_FALSE(display_for(kTerminal, Coloring::Never).color);
}

}  // namespace
}  // namespace tuner
