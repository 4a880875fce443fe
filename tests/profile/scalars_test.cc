#include "profile/scalars.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

YamlNode plain(std::string_view text) {
  return {.kind = YamlNode::Kind::Scalar, .text = std::string(text), .plain = true};
}

YamlNode quoted_node(std::string_view text) {
  YamlNode node = plain(text);
  node.plain = false;
  return node;
}

template <typename T>
std::string fault(const Scalar<T>& scalar) {
  if (scalar) return "none";
  return std::string(scalar.error().code.row().code) + ": " + scalar.error().hint;
}

TEST(TextScalar, HoldsCharactersOfAnyLength) {
  EXPECT_EQ(read_text(plain("größe → 漢 😀")).value(), "größe → 漢 😀");
  EXPECT_EQ(read_word(plain("größe")).value(), "größe");
}

TEST(IntegerScalar, IsDecimalAndFitsIn64Bits) {
  EXPECT_EQ(read_integer(plain("0")).value(), 0);
  EXPECT_EQ(read_integer(plain("-1")).value(), -1);
  EXPECT_EQ(read_integer(plain("9223372036854775807")).value(), INT64_MAX);
  EXPECT_EQ(read_integer(plain("-9223372036854775808")).value(), INT64_MIN);
  EXPECT_EQ(fault(read_integer(plain("9223372036854775808"))),
            "bad-integer: it does not fit in 64 bits");
}

struct Case {
  std::string_view text;
  std::string_view fault;
};

TEST(IntegerScalar, RejectsOtherSpellingsWithAHint) {
  for (const auto& [text, expected] : {
           Case{"0x10", "bad-integer: write 16"},
           Case{"0X1f", "bad-integer: write 31"},
           Case{"0o17", "bad-integer: write 15"},
           Case{"0b101", "bad-integer: write 5"},
           Case{"0xzz", "bad-integer: write it as a decimal number"},
           Case{"0644",
                "bad-integer: with a leading zero some readers take it for octal; "
                "write 644"},
           Case{"00", "bad-integer: with a leading zero some readers take it for octal; write 0"},
           Case{"+5", "bad-integer: write 5"},
           Case{"1_000", "bad-integer: write 1000"},
           Case{"1,000", "bad-integer: write 1000"},
           Case{"1e6", "bad-integer: write it as a decimal number"},
           Case{"1.0", "bad-integer: write it as a decimal number"},
           Case{"-0", "none"},
           Case{"-01", "bad-integer: write it as a decimal number"},
           Case{"64k", "bad-integer: write 65536"},
           Case{"64KiB", "bad-integer: write 65536"},
           Case{"16M", "bad-integer: write 16777216"},
           Case{"2g", "bad-integer: write 2147483648"},
           Case{"99999999999999999999G", "bad-integer: write it as a decimal number"},
           Case{"12:30:45", "bad-integer: write it as a decimal number"},
           Case{"many", "bad-integer: write it as a decimal number"},
           Case{"", "bad-integer: write it as a decimal number"},
           Case{"-", "bad-integer: write it as a decimal number"},
       })
    EXPECT_EQ(fault(read_integer(plain(text))), expected) << text;
}

TEST(IntegerScalar, RejectsQuotesAndListsInText) {
  EXPECT_EQ(fault(read_integer(quoted_node("5"))), "quoted-number: write 5");
  EXPECT_EQ(fault(read_integer(plain("1 2\t3"))), "list-as-text: write a list: [1, 2, 3]");
  EXPECT_EQ(fault(read_integer(quoted_node("1 2 3"))), "list-as-text: write a list: [1, 2, 3]");
}

TEST(BooleanScalar, IsTrueOrFalse) {
  EXPECT_TRUE(read_boolean(plain("true")).value());
  EXPECT_FALSE(read_boolean(plain("false")).value());
  for (const std::string_view text : {"True", "TRUE", "yes", "on", "y", "1"})
    EXPECT_EQ(fault(read_boolean(plain(text))), "bad-boolean: write true") << text;
  for (const std::string_view text : {"False", "no", "Off", "n", "0"})
    EXPECT_EQ(fault(read_boolean(plain(text))), "bad-boolean: write false") << text;
  EXPECT_EQ(fault(read_boolean(quoted_node("true"))), "bad-boolean: write true");
  EXPECT_EQ(fault(read_boolean(plain("maybe"))), "bad-boolean: write true or false");
}

TEST(WordScalar, IsNotANumberOrBooleanForAnyReader) {
  EXPECT_EQ(read_word(plain("performance")).value(), "performance");
  EXPECT_EQ(read_word(quoted_node("on")).value(), "on");
  EXPECT_EQ(read_word(plain("ens1f*")).value(), "ens1f*");
  for (const std::string_view text : {"on", "No", "5", "0x5", ".5", "-1", ""})
    EXPECT_FALSE(read_word(plain(text)).has_value()) << text;
  EXPECT_FALSE(read_word(quoted_node(" ")).has_value());
}

TEST(WordScalar, HasNoControlCharacters) {
  for (const std::string_view text : {"a\n", "a\tb", "\x1b[31m", "a\xC2\x9B"})
    EXPECT_EQ(fault(read_word(quoted_node(text))), "control-character: remove it") << text;
}

TEST(TextScalar, FoldsLinesAndRejectsControlCharacters) {
  EXPECT_EQ(read_text(quoted_node("two\nlines\n")).value(), "two lines");
  EXPECT_EQ(read_text(plain("10 times")).value(), "10 times");
  EXPECT_EQ(read_text(quoted_node("5")).value(), "5");
  EXPECT_FALSE(read_text(plain("5")).has_value());
  EXPECT_FALSE(read_text(plain("yes")).has_value());
  EXPECT_FALSE(read_text(quoted_node("a\x1b[31m")).has_value());
}

TEST(SysctlScalar, IsAnIntegerOrAWord) {
  EXPECT_EQ(read_integer_or_word(plain("5")).value(), Value(std::int64_t{5}));
  EXPECT_EQ(read_integer_or_word(plain("bbr")).value(), Value(std::string("bbr")));
  EXPECT_EQ(read_integer_or_word(quoted_node("0-3,8")).value(), Value(std::string("0-3,8")));
  EXPECT_EQ(fault(read_integer_or_word(quoted_node("5"))), "quoted-number: write 5");
  EXPECT_EQ(fault(read_integer_or_word(plain("on"))), "bad-boolean: write 1");
  EXPECT_EQ(fault(read_integer_or_word(plain("off"))), "bad-boolean: write 0");
  EXPECT_EQ(fault(read_integer_or_word(plain("0x10"))), "bad-integer: write 16");
}

}  // namespace
}  // namespace tuner
