#include "model/tuned_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(TunedText, ACommentFollowsABlank) {
  EXPECT_EQ(without_tuned_comment("a # b"), "a");
  EXPECT_EQ(without_tuned_comment("a#b"), "a#b");
  EXPECT_EQ(without_tuned_comment("# b"), "");
}

TEST(TunedText, QuotesMustMatch) {
  EXPECT_EQ(without_quotes("\"4096 1\""), "4096 1");
  EXPECT_EQ(without_quotes("'x'"), "x");
  EXPECT_EQ(without_quotes("\"x'"), "\"x'");
  EXPECT_EQ(without_quotes("\""), "\"");
}

TEST(TunedText, ListsAndPairs) {
  EXPECT_THAT(tuned_list("a, b;c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(tuned_pairs("tso on, gro:off lro"),
              ElementsAre(Pair("tso", "on"), Pair("gro", "off")));
}

TEST(TunedText, VariablesMayNameOthers) {
  const TunedVariables variables{{"a", "1${b}"}, {"b", "2"}};
  EXPECT_EQ(expand_tuned("x${a}y${c}${f:exec}", variables), "x12y${c}${f:exec}");
}

TEST(TunedText, AValueMayHaveManyVariables) {
  const TunedVariables variables{{"a", "1"}};
  std::string text, expected;
  for (int i = 0; i < 100; ++i) {
    text += "${a}";
    expected += "1";
  }
  EXPECT_EQ(expand_tuned(text, variables), expected);
}

TEST(TunedText, AVariableOfItselfEnds) {
  const TunedVariables variables{{"a", "${a}${a}"}, {"b", std::string(60000, 'x')}};
  EXPECT_LT(expand_tuned("${a}", variables).size(), 1000U);
  EXPECT_LT(expand_tuned("${b}${b}${b}", variables).size(), 70000U);
}

}  // namespace
}  // namespace tuner
