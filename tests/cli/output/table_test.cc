#include "cli/output/table.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Table, PadsEveryColumnButTheLast) {
  Table table({"a", "long title", "c"});
  table.add({{"wide cell"}, {"x"}, {"last"}});
  table.add({{"y"}, {"z"}, {"end of it"}});
  EXPECT_EQ(table.text(false),
            "a          long title  c\n"
            "wide cell  x           last\n"
            "y          z           end of it\n");
}

TEST(Table, CountsCodePointsNotBytes) {
  Table table({"name", "n"});
  table.add({{"a … b"}, {"1"}});
  table.add({{"12345"}, {"2"}});
  EXPECT_EQ(table.text(false), "name   n\na … b  1\n12345  2\n");
}

TEST(Table, LeavesNoBlanksAtTheEndOfALine) {
  Table table({"a", "b"});
  table.add({{"x"}, {}});
  EXPECT_EQ(table.text(false), "a  b\nx\n");
}

TEST(Table, FillsARowThatIsTooShort) {
  Table table({"a", "b", "c"});
  table.add({{"only"}});
  EXPECT_EQ(table.text(false), "a     b  c\nonly\n");
}

TEST(Table, PutsNotesUnderTheirRow) {
  Table table({"a"});
  table.add({{"one"}});
  table.note("because");
  table.add({{"two"}});
  EXPECT_EQ(table.text(false), "a\none\n      because\ntwo\n");
}

TEST(Table, ColourDoesNotChangeTheAlignment) {
  Table table({"status", "name"});
  table.add({{"done", Tint::Good}, {"x"}});
  const std::string text = table.text(true);
  EXPECT_NE(text.find("\x1b[32mdone\x1b[0m    x"), std::string::npos) << text;
}

TEST(Table, EscapesSequencesInCells) {
  Table table({"nic"});
  table.add({{"eth\x1b[31m0\n"}});
  table.note("a\tb");
  EXPECT_EQ(table.text(false), "nic\neth\\x1b[31m0\\x0a\n      a\\x09b\n");
}

TEST(Table, TintsOnlyWithColor) {
  EXPECT_EQ(tinted("x", Tint::Bad, false), "x");
  EXPECT_EQ(tinted("x", Tint::None, true), "x");
  EXPECT_EQ(tinted("x", Tint::Bad, true), "\x1b[31mx\x1b[0m");
}

TEST(Table, IsEmptyUntilARowIsAdded) {
  Table table({"a"});
  EXPECT_TRUE(table.empty());
  table.add({{"x"}});
  EXPECT_FALSE(table.empty());
}

}  // namespace
}  // namespace tuner
