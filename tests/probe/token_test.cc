#include "probe/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The check digits (CRC-16/CCITT-FALSE) were computed with another program.
const std::string kGood = "ktls_0123456789abcdef0123456789abcdef3669";

TEST(Token, SurroundingBlanksAreRemoved) {
  EXPECT_EQ(*parse_token(kGood), kGood);
  EXPECT_EQ(*parse_token(" " + kGood + " \n"), kGood);
}

TEST(Token, OtherTextIsRejectedWithTheCommandThatMakesAToken) {
  struct Case {
    std::string text;
    const char* why;
  };
  for (const Case& c : {Case{"", "is empty"}, Case{" \n", "is empty"},
                        Case{"0123456789abcdef0123456789abcdef", "was not made by ktls-tuner"},
                        Case{"correct horse battery staple", "was not made by ktls-tuner"},
                        Case{kGood.substr(0, 40),
                             "was mistyped: ktls_ must be followed by 36 characters 0-9 or a-f"},
                        Case{kGood + "0", "was mistyped"}, Case{kGood + "\nsecond", "was mistyped"},
                        Case{"ktls_0123456789ABCDEF0123456789abcdef3669", "was mistyped"},
                        Case{"ktls_0123456789 bcdef0123456789abcdef3669", "was mistyped"},
                        Case{"ktls_0123456789abcd\xc3\xa9"
                             "0123456789abcdef3669",
                             "was mistyped"},
                        // The check digits of these match.
                        Case{"ktls_000000000000000000000000000000008d5c", "is not random"},
                        Case{"ktls_012345601234560123456012345601237aad", "is not random"}}) {
    const auto token = parse_token(c.text);
    ASSERT_FALSE(token) << c.text;
    EXPECT_EQ(token.error().fault, Fault::Invalid);
    EXPECT_THAT(token.error().text, HasSubstr(c.why)) << c.text;
    EXPECT_THAT(token.error().text, Not(HasSubstr("0123"))) << "the text may be a secret";
    EXPECT_THAT(token.error().hint, HasSubstr("ktls-tuner probe --new-token FILE"));
  }
}

TEST(Token, EveryWrongCharacterAndEverySwapIsDetected) {
  constexpr std::size_t kPrefix = 5;
  for (std::size_t at = kPrefix; at < kGood.size(); ++at) {
    for (const char other : std::string_view("0123456789abcdef")) {
      std::string wrong = kGood;
      wrong[at] = other;
      EXPECT_EQ(parse_token(wrong).has_value(), wrong == kGood) << wrong;
    }
    if (at + 1 == kGood.size()) continue;
    std::string swapped = kGood;
    std::swap(swapped[at], swapped[at + 1]);
    EXPECT_EQ(parse_token(swapped).has_value(), swapped == kGood) << swapped;
  }
}

TEST(Token, NewTokensAreValidAndDifferent) {
  std::set<std::string> made;
  for (int i = 0; i < 100; ++i) {
    const auto token = make_token();
    ASSERT_TRUE(token);
    EXPECT_EQ(token->size(), 41U);
    EXPECT_TRUE(parse_token(*token)) << parse_token(*token).error().text;
    made.insert(*token);
  }
  EXPECT_EQ(made.size(), 100U);
}

}  // namespace
}  // namespace tuner
