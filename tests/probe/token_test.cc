#include "probe/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

TEST(Token, IsOneLineWithoutItsBlanks) {
  EXPECT_EQ(*parse_token(" 0123456789abcdef \n"), "0123456789abcdef");
  EXPECT_EQ(*parse_token(std::string(256, '~')), std::string(256, '~'));
}

TEST(Token, WhatIsUnfitIsSaidAndHowToMakeAGoodOne) {
  struct Case {
    std::string text;
    const char* why;
  };
  for (const Case& c : {Case{"", "is empty"}, Case{" \n", "is empty"},
                        Case{"0123456789abcde", "has 15 characters, and 16 to 256 are allowed"},
                        Case{std::string(257, 'x'), "has 257 characters"},
                        Case{"0123456789abcdef\nsecond", "has several lines"},
                        Case{"0123456789 abcdef", "has blanks"},
                        Case{"0123456789abcd\xc3\xa9", "not printable ASCII"}}) {
    const auto token = parse_token(c.text);
    ASSERT_FALSE(token) << c.text;
    EXPECT_EQ(token.error().fault, Fault::Invalid);
    EXPECT_THAT(token.error().text, HasSubstr(c.why));
    EXPECT_THAT(token.error().text, ::testing::Not(HasSubstr("0123"))) << "it may be a secret";
    EXPECT_THAT(token.error().hint, HasSubstr("openssl rand"));
  }
}

TEST(Token, ANewOneIsFitAndAnotherEachTime) {
  const auto token = make_token();
  ASSERT_TRUE(token);
  EXPECT_EQ(token->size(), 32U);
  EXPECT_TRUE(parse_token(*token));
  EXPECT_NE(*token, *make_token());
}

}  // namespace
}  // namespace tuner
