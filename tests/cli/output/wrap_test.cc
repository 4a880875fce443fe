#include "cli/output/wrap.h"

#include "model/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>

namespace tuner {
namespace {

using ::testing::ElementsAre;

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

TEST(Wrap, BreaksBetweenWords) {
  EXPECT_THAT(wrapped("the value is too low", 9), ElementsAre("the value", "is too", "low"));
  EXPECT_THAT(wrapped("short", 9), ElementsAre("short"));
  EXPECT_THAT(wrapped("", 9), ElementsAre(""));
}

TEST(Wrap, MessagesContinueBehindTheirLabel) {
  EXPECT_EQ(wrapped_messages("error: no such profile here\n  hint: ktls-tuner profile list\n", 20),
            "error: no such\n       profile here\n  hint: ktls-tuner\n        profile list\n");
  EXPECT_EQ(wrapped_messages("warning: a b c d e f g\n", 16), "warning: a b c d\n         e f g\n");
  EXPECT_EQ(wrapped_messages("x.yaml:3:1: error: a value is missing\n", 24),
            "x.yaml:3:1: error: a\n  value is missing\n");
}

TEST(Wrap, ASourceLineStaysAboveItsCaret) {
  const std::string text = "    net.core.somaxconn: very-long-indeed\n                        ^\n";
  EXPECT_EQ(wrapped_messages(text, 20), text);
}

TEST(Wrap, MessagesWithoutAWidthOrOfOneLineStayAsTheyAre) {
  const std::string text = "error: no such profile here\n  hint: ktls-tuner profile list\n";
  EXPECT_EQ(wrapped_messages(text, 0), text);
  EXPECT_EQ(wrapped_messages(text, 80), text);
  EXPECT_EQ(wrapped_messages("", 20), "");
}

TEST(Wrap, LeavesTextAloneWithoutAWidth) {
  EXPECT_THAT(wrapped("the value is too low", 0), ElementsAre("the value is too low"));
}

TEST(Wrap, KeepsTheIndentAndTheBlanksWithinALine) {
  EXPECT_THAT(wrapped("  a  b cc", 6), ElementsAre("  a  b", "cc"));
}

TEST(Wrap, BreaksALongNameBehindItsSeparators) {
  EXPECT_THAT(wrapped("net.ipv4.tcp_wmem", 10), ElementsAre("net.ipv4.", "tcp_wmem"));
  EXPECT_THAT(wrapped("/sys/class/net/eth0", 8), ElementsAre("/sys/", "class/", "net/eth0"));
}

TEST(Wrap, BreaksANameWithoutSeparatorsAnywhere) {
  EXPECT_THAT(wrapped("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
}

TEST(Wrap, AWideCharacterTakesTwoColumnsAndIsNotSplit) {
  EXPECT_EQ(text_width("日本x"), 5U);
  EXPECT_THAT(wrapped("日本語", 5), ElementsAre("日本", "語"));
  EXPECT_THAT(wrapped("日本", 1), ElementsAre("日", "本")) << "wider than the column, and it ends";
}

TEST(Wrap, ACombiningCharacterStaysWithItsLetter) {
  EXPECT_THAT(wrapped("e\u0301e\u0301e\u0301", 2), ElementsAre("e\u0301e\u0301", "e\u0301"));
}

TEST(Wrap, LosesNoCharacterOfAnyName) {
  std::ifstream names(KTLS_TUNER_SOURCE_DIR "/tests/hostile-names.txt");
  ASSERT_TRUE(names);
  std::string text = "a b";
  std::size_t wide = 0;
  for (std::string name; std::getline(names, name); text += " " + escaped_line(name)) ++wide;
  ASSERT_GT(wide, 5U);
  for (const std::size_t width : {1U, 2U, 5U, 17U, 60U, 200U}) {
    std::string all;
    for (const std::string& line : wrapped(text, width)) {
      EXPECT_LE(text_width(line), std::max<std::size_t>(width, 2)) << line;
      all += line;
    }
    EXPECT_EQ(without_blanks(all), without_blanks(text)) << width;
  }
}

TEST(WrappedLines, HangBehindTheirLabel) {
  EXPECT_EQ(wrapped_lines("cpus      online 0-3, 2 cores\ntls       live\n", 20, 10),
            "cpus      online\n          0-3, 2\n          cores\ntls       live\n");
  EXPECT_EQ(wrapped_lines("note: a b\n", 0, 2), "note: a b\n");
  EXPECT_EQ(wrapped_lines("short\n\nx\n", 20, 10), "short\n\nx\n");
}

TEST(WrappedLines, DoNotSplitACharacterOfTheLabel) {
  EXPECT_EQ(wrapped_lines("a日本 b\n", 6, 2), "a日本\nb\n");
}

std::size_t total(const ColumnWidths& fit) {
  return std::accumulate(fit.widths.begin(), fit.widths.end(), std::size_t{0}) +
         fit.gap * (fit.widths.size() - 1);
}

TEST(Fitted, LeavesColumnsThatFit) {
  const std::vector<ColumnNeed> columns{{10, 5, 5}, {20, 5, 5}};
  EXPECT_THAT(fitted(columns, 32).widths, ElementsAre(10, 20));
  EXPECT_THAT(fitted(columns, 0).widths, ElementsAre(10, 20));
}

TEST(Fitted, TakesFromTheWidestFirst) {
  EXPECT_THAT(fitted(std::vector<ColumnNeed>{{8, 8, 8}, {50, 6, 6}}, 40).widths,
              ElementsAre(8, 30));
}

TEST(Fitted, TheLastColumnKeepsAThird) {
  const ColumnWidths fit = fitted(std::vector<ColumnNeed>{{90, 2, 2}, {90, 2, 2}, {90, 2, 2}}, 64);
  EXPECT_EQ(total(fit), 64U);
  EXPECT_GE(fit.widths.back(), 20U);
}

TEST(Fitted, BreaksWordsOnlyIfEveryColumnIsAtItsLongestWord) {
  const std::vector<ColumnNeed> columns{{20, 20, 4}, {20, 20, 4}, {30, 4, 4}};
  EXPECT_THAT(fitted(columns, 68).widths, ElementsAre(20, 20, 24));
  const ColumnWidths narrow = fitted(columns, 40);
  EXPECT_EQ(total(narrow), 40U);
  EXPECT_EQ(narrow.gap, 1U);
  EXPECT_LT(narrow.widths.front(), 20U);
}

TEST(Fitted, ALineThatIsTooNarrowIsExceeded) {
  const ColumnWidths fit = fitted(std::vector<ColumnNeed>(10, {9, 9, 9}), 20);
  EXPECT_EQ(*std::ranges::min_element(fit.widths), 4U);
}

TEST(Fitted, NoColumns) {
  EXPECT_TRUE(fitted({}, 80).widths.empty());
}

}  // namespace
}  // namespace tuner
