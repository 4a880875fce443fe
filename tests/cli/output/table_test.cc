#include "cli/output/table.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Table, PadsEveryColumnButTheLast) {
  Table table({"a", "long title", "c"});
  table.add({{"wide cell"}, {"x"}, {"last"}});
  table.add({{"y"}, {"z"}, {"end of it"}});
  EXPECT_EQ(table.text({}),
            "a          long title  c\n"
            "wide cell  x           last\n"
            "y          z           end of it\n");
}

TEST(Table, CountsColumnsNotBytes) {
  Table table({"name", "n"});
  table.add({{"a … b"}, {"1"}});
  table.add({{"12345"}, {"2"}});
  EXPECT_EQ(table.text({}), "name   n\na … b  1\n12345  2\n");
}

TEST(Table, LeavesNoBlanksAtTheEndOfALine) {
  Table table({"a", "b"});
  table.add({{"x"}, {}});
  EXPECT_EQ(table.text({}), "a  b\nx\n");
}

TEST(Table, FillsARowThatIsTooShort) {
  Table table({"a", "b", "c"});
  table.add({{"only"}});
  EXPECT_EQ(table.text({}), "a     b  c\nonly\n");
}

TEST(Table, PutsNotesUnderTheirRow) {
  Table table({"a"});
  table.add({{"one"}});
  table.note("because");
  table.add({{"two"}});
  EXPECT_EQ(table.text({}), "a\none\n      because\ntwo\n");
}

TEST(Table, ColourDoesNotChangeTheAlignment) {
  Table table({"status", "name"});
  table.add({{"done", Tint::Good}, {"x"}});
  const std::string text = table.text({.color = true});
  EXPECT_NE(text.find("\x1b[32mdone\x1b[0m    x"), std::string::npos) << text;
}

TEST(Table, EscapesSequencesInCells) {
  Table table({"nic"});
  table.add({{"eth\x1b[31m0\n"}});
  table.note("a\tb");
  EXPECT_EQ(table.text({}), "nic\neth\\x1b[31m0\\x0a\n      a\\x09b\n");
}

TEST(Table, TintsOnlyWithColor) {
  EXPECT_EQ(tinted("x", Tint::Bad, false), "x");
  EXPECT_EQ(tinted("x", Tint::None, true), "x");
  EXPECT_EQ(tinted("x", Tint::Bad, true), "\x1b[31mx\x1b[0m");
}

TEST(Table, WrapsTheReasonUnderItself) {
  Table table({"status", "name", "why"});
  table.add({{"to change", Tint::Changed}, {"rmem"}, {"the value is below the goal"}});
  table.add({{"ok"}, {"wmem"}, {"short"}});
  EXPECT_EQ(table.text({.width = 32}),
            "status     name  why\n"
            "to change  rmem  the value is\n"
            "                 below the goal\n"
            "ok         wmem  short\n");
}

TEST(Table, WrapsALongNameInItsColumn) {
  Table table({"name", "why"});
  table.add({{"net.ipv4.tcp_notsent_lowat"}, {"as it is"}});
  EXPECT_EQ(table.text({.width = 24}),
            "name            why\n"
            "net.ipv4.tcp_   as it is\n"
            "notsent_lowat\n");
}

TEST(Table, WrapsNotesUnderThemselves) {
  Table table({"a"});
  table.add({{"one"}});
  table.note("hint: load the module first");
  EXPECT_EQ(table.text({.width = 26}), "a\none\n      hint: load the\n        module first\n");
}

TEST(Table, ColoursEachLineOfACell) {
  Table table({"a", "b"});
  table.add({{"two words of it", Tint::Bad}, {"a reason"}});
  EXPECT_EQ(table.text({.color = true, .width = 20}),
            "\x1b[2ma\x1b[0m           \x1b[2mb\x1b[0m\n"
            "\x1b[31mtwo words\x1b[0m   a reason\n"
            "\x1b[31mof it\x1b[0m\n");
}

TEST(Table, AlignsWideCharacters) {
  Table table({"name", "n"});
  table.add({{"日本"}, {"1"}});
  table.add({{"abcd"}, {"2"}});
  EXPECT_EQ(table.text({}), "name  n\n日本  1\nabcd  2\n");
}

TEST(Table, ShowsNoHeaderWithoutTitles) {
  Table table({"", ""});
  table.add({{"x"}, {"y"}});
  EXPECT_EQ(table.text({}), "x  y\n");
}

TEST(Table, IsEmptyUntilARowIsAdded) {
  Table table({"a"});
  EXPECT_TRUE(table.empty());
  table.add({{"x"}});
  EXPECT_FALSE(table.empty());
}

}  // namespace
}  // namespace tuner
