#include "model/utf8.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace tuner {
namespace {

TEST(Utf8, DecodesEachLength) {
  EXPECT_EQ(decode("a").value, U'a');
  EXPECT_EQ(decode("é").value, U'é');
  EXPECT_EQ(decode("漢").value, U'漢');
  EXPECT_EQ(decode("😀").value, U'😀');
  EXPECT_EQ(decode("😀x").bytes, 4U);
  EXPECT_EQ(decode("").bytes, 0U);
}

TEST(Utf8, RejectsInvalidUtf8) {
  // A lone continuation, overlong forms, a surrogate, above U+10FFFF, truncated, bad continuation.
  for (const std::string_view text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xED\xA0\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xC3\x28", "\xFF"})
    EXPECT_EQ(decode(text).bytes, 0U) << in_quotes(text);
}

TEST(Utf8, AcceptsTheCodePointsNextToSurrogatesAndTheLastOne) {
  EXPECT_EQ(decode("\xED\x9F\xBF").value, 0xD7FFU);
  EXPECT_EQ(decode("\xEE\x80\x80").value, 0xE000U);
  EXPECT_EQ(decode("\xED\xBF\xBF").bytes, 0U) << "the last surrogate";
  EXPECT_EQ(decode("\xE0\xA0\x80").value, 0x800U);
  EXPECT_EQ(decode("\xE0\x9F\xBF").bytes, 0U) << "two bytes are enough for it";
  EXPECT_EQ(decode("\xF0\x90\x80\x80").value, 0x10000U);
  EXPECT_EQ(decode("\xF0\x8F\xBF\xBF").bytes, 0U) << "three bytes are enough for it";
  EXPECT_EQ(decode("\xF4\x8F\xBF\xBF").value, 0x10FFFFU);
  // The first of each length.
  EXPECT_EQ(decode("\xC2\x80").value, 0x80U);
  EXPECT_EQ(decode("\xE0\xA0\x80").value, 0x800U);
  EXPECT_EQ(decode("\xF0\x90\x80\x80").value, 0x10000U);
}

TEST(Utf8, FindsTheFirstInvalidByte) {
  EXPECT_EQ(find_invalid_utf8("aé漢"), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8("aé\xFF"), 3U);
}

TEST(Utf8, CountsCodePointsAndInvalidBytes) {
  EXPECT_EQ(count_code_points("aé漢"), 3U);
  EXPECT_EQ(count_code_points("a\xFF"), 2U);
}

struct Edges {
  char32_t first, last;
};

// Carets are aligned only if each block starts and ends as in Unicode.
TEST(DisplayWidth, IsTwoInAllOfAWideBlock) {
  for (const auto& [first, last] :
       {Edges{0x1100, 0x115F}, Edges{0x2E80, 0x303E}, Edges{0x3041, 0x4DBF}, Edges{0x4E00, 0xA4CF},
        Edges{0xAC00, 0xD7A3}, Edges{0xF900, 0xFAFF}, Edges{0xFE30, 0xFE6F}, Edges{0xFF00, 0xFF60},
        Edges{0xFFE0, 0xFFE6}, Edges{0x1F300, 0x1F64F}, Edges{0x1F680, 0x1F6FF},
        Edges{0x1F900, 0x1F9FF}, Edges{0x20000, 0x3FFFD}}) {
    EXPECT_NE(display_width(first - 1), 2) << std::hex << static_cast<unsigned>(first);
    EXPECT_EQ(display_width(first), 2) << std::hex << static_cast<unsigned>(first);
    EXPECT_EQ(display_width(last), 2) << std::hex << static_cast<unsigned>(last);
    EXPECT_EQ(display_width(last + 1), 1) << std::hex << static_cast<unsigned>(last);
  }
}

TEST(DisplayWidth, OfCombiningMarksIsZero) {
  for (const auto& [first, last] :
       {Edges{0x0300, 0x036F}, Edges{0x200B, 0x200D}, Edges{0x20D0, 0x20FF}, Edges{0xFE00, 0xFE0F},
        Edges{0xFE20, 0xFE2F}}) {
    EXPECT_EQ(display_width(first - 1), 1) << std::hex << static_cast<unsigned>(first);
    EXPECT_EQ(display_width(first), 0) << std::hex << static_cast<unsigned>(first);
    EXPECT_EQ(display_width(last), 0) << std::hex << static_cast<unsigned>(last);
    EXPECT_NE(display_width(last + 1), 0) << std::hex << static_cast<unsigned>(last);
  }
}

TEST(InQuotes, EscapesTerminalControls) {
  EXPECT_EQ(in_quotes("a\x1b[31m\n\xC2\x85\xFF"), "'a\\x1b[31m\\x0a\\u0085\\xff'");
  EXPECT_EQ(in_quotes("grün"), "'grün'");
}

TEST(InQuotes, CutsLongText) {
  EXPECT_EQ(in_quotes(std::string(60, 'a')), "'" + std::string(60, 'a') + "'");
  EXPECT_EQ(in_quotes(std::string(61, 'a')), "'" + std::string(60, 'a') + "…'");
}

TEST(IsHidden, CharactersThatReorderOrAreInvisible) {
  for (const char32_t hidden : std::initializer_list<char32_t>{
           0x00,   0x1F,    0x7F,    0x80,    0x9F,    0xAD,    0x034F, 0x061C, 0x115F, 0x200B,
           0x200C, 0x200D,  0x200E,  0x200F,  0x2028,  0x2029,  0x202A, 0x202E, 0x2060, 0x2064,
           0x2066, 0x2069,  0x206F,  0x3164,  0xFE0F,  0xFEFF,  0xFFF9, 0xFFFB, 0xFFFE, 0xFFFF,
           0xFDD0, 0x1FFFE, 0xE0000, 0xE0001, 0xE0041, 0xE007F, 0xE01EF})
    EXPECT_TRUE(is_hidden(hidden)) << std::hex << static_cast<unsigned>(hidden);
  for (const char32_t seen : std::initializer_list<char32_t>{0x20, 0x7E, 0xA0, 0xE4, 0x2027, 0x202F,
                                                             0x2026, 0x6F22, 0xFFFD, 0x1F600})
    EXPECT_FALSE(is_hidden(seen)) << std::hex << static_cast<unsigned>(seen);
}

// The characters next to the invisible blocks are ordinary text.
TEST(IsHidden, NotTheCharactersNextToInvisibleBlocks) {
  for (const auto& [first, last] :
       {Edges{0x00AD, 0x00AD}, Edges{0x034F, 0x034F}, Edges{0x061C, 0x061C}, Edges{0x115F, 0x1160},
        Edges{0x17B4, 0x17B5}, Edges{0x180B, 0x180F}, Edges{0x200B, 0x200F}, Edges{0x2028, 0x202E},
        Edges{0x2060, 0x206F}, Edges{0x3164, 0x3164}, Edges{0xFDD0, 0xFDEF}, Edges{0xFE00, 0xFE0F},
        Edges{0xFEFF, 0xFEFF}, Edges{0xFFA0, 0xFFA0}, Edges{0xFFF0, 0xFFFB},
        Edges{0x1BCA0, 0x1BCA3}, Edges{0x1D173, 0x1D17A}, Edges{0xE0000, 0xE0FFF}}) {
    EXPECT_TRUE(is_hidden(first)) << std::hex << static_cast<unsigned>(first);
    EXPECT_TRUE(is_hidden(last)) << std::hex << static_cast<unsigned>(last);
    EXPECT_FALSE(is_hidden(last + 1)) << std::hex << static_cast<unsigned>(last);
    if (first != 0xE0000) {  // the character before it is a noncharacter
      EXPECT_FALSE(is_hidden(first - 1)) << std::hex << static_cast<unsigned>(first);
    }
  }
}

// A profile may contain a joiner or an emoji's variation selector, for example in a comment. These
// are hidden in output, but not rejected.
TEST(IsHidden, IsWiderThanIsControl) {
  for (const char32_t seen : std::initializer_list<char32_t>{0xAD, 0x200D, 0xFE0F})
    EXPECT_FALSE(is_control(seen));
}

TEST(AppendEscaped, WritesEscapesByLength) {
  EXPECT_EQ(escaped_line("a\n\x7F\xFF"), "a\\x0a\\x7f\\xff");
  EXPECT_EQ(escaped_line("\xE2\x80\xAE\xC2\xAD\xE2\x80\xA8"), "\\u202e\\u00ad\\u2028");
  EXPECT_EQ(escaped_line("\xF3\xA0\x81\x81"), "\\U000e0041") << "a tag character";
  EXPECT_EQ(escaped_line("größe → 漢 😀"), "größe → 漢 😀");
}

}  // namespace
}  // namespace tuner
