#include "base/text.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using Fields = std::vector<std::string_view>;

TEST(Text, TrimsEveryKindOfWhitespace) {
  EXPECT_EQ(trim(" \t cubic\r\n"), "cubic");
  EXPECT_EQ(trim("\n \t"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("a b"), "a b");
}

TEST(Text, SplitsAtRunsOfWhitespace) {
  EXPECT_EQ(split_whitespace("4096\t131072\t6291456\n"), (Fields{"4096", "131072", "6291456"}));
  EXPECT_EQ(split_whitespace("  performance   powersave "), (Fields{"performance", "powersave"}));
  EXPECT_EQ(split_whitespace(" \n"), Fields{});
}

TEST(Text, SplitsAtSeparatorsAndKeepsEmptyFields) {
  EXPECT_EQ(split("a,,b,", ','), (Fields{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), Fields{""});
}

TEST(Text, LinesLoseOnlyTheirNewlines) {
  EXPECT_EQ(lines("a\n\nb\n"), (Fields{"a", "", "b"}));
  EXPECT_EQ(lines("a"), Fields{"a"});
  EXPECT_EQ(lines("\n"), Fields{""});
  EXPECT_EQ(lines(""), Fields{});
}

TEST(Text, ParsesOnlyWholeDecimalIntegers) {
  EXPECT_EQ(parse_integer("0"), 0);
  EXPECT_EQ(parse_integer("-12"), -12);
  EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
  for (const char* text : {"", " 1", "1 ", "+1", "0x1", "1e3", "1.5", "--1", "9223372036854775808",
                           "18446744073692774399"})
    EXPECT_FALSE(parse_integer(text)) << text;
}

TEST(Text, JoinsWithSeparatorsBetween) {
  EXPECT_EQ(join(std::vector<std::string>{"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join(std::vector<std::string>{"a"}, ", "), "a");
  EXPECT_EQ(join(std::vector<std::string>{}, ", "), "");
}

TEST(Text, MatchesGlobsLikeAShell) {
  const struct {
    const char* pattern;
    const char* text;
    bool matches;
  } cases[] = {
      {"eth*", "eth0", true},
      {"eth*", "eth", true},
      {"eth*", "eno1", false},
      {"ens?f?", "ens1f0", true},
      {"ens?f?", "ens1f10", false},
      {"*", "", true},
      {"", "", true},
      {"", "a", false},
      {"*a*b*", "xxaxxbxx", true},
      {"*a*b", "aab", true},
      {"*a*b", "aba", false},
      {"eth0", "eth01", false},
      {"a**b", "ab", true},
      {"enp*s0np?", "enp129s0np1", true},
  };
  for (const auto& one : cases)
    EXPECT_EQ(glob_match(one.pattern, one.text), one.matches) << one.pattern << " " << one.text;
}

TEST(Text, FindsTheNearestNameOnlyIfItIsCloseEnough) {
  const Fields names{"net.core.rmem_max", "net.core.wmem_max", "net.ipv4.tcp_rmem"};
  EXPECT_EQ(nearest("net.core.rmem_mx", names), "net.core.rmem_max");
  EXPECT_EQ(nearest("net.ipv4.tcp_rmen", names), "net.ipv4.tcp_rmem");
  EXPECT_EQ(nearest("net.core.rmem_mxa", names), "net.core.rmem_max");
  EXPECT_EQ(nearest("kernel.panic", names), std::nullopt);
  EXPECT_EQ(nearest("x", Fields{}), std::nullopt);
}

TEST(Text, CountsTwoSwappedLettersAsOneMistake) {
  const Fields names{"plan", "apply", "sysctl"};
  EXPECT_EQ(nearest("plna", names), "plan");
  EXPECT_EQ(nearest("sysclt", names), "sysctl");
  EXPECT_EQ(nearest("lpna", names), std::nullopt);
}

}  // namespace
}  // namespace tuner
