#include "model/utf8.h"

#include <gtest/gtest.h>

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

TEST(Utf8, RefusesWhatIsNotUtf8) {
  // A lone continuation, overlong forms, a surrogate, past U+10FFFF, cut off, bad continuation.
  for (const std::string_view text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xED\xA0\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xC3\x28", "\xFF"})
    EXPECT_EQ(decode(text).bytes, 0U) << in_quotes(text);
}

TEST(Utf8, FindsTheFirstBrokenByte) {
  EXPECT_EQ(find_invalid_utf8("aé漢"), std::string_view::npos);
  EXPECT_EQ(find_invalid_utf8("aé\xFF"), 3U);
}

TEST(Utf8, CountsCodePointsAndBrokenBytes) {
  EXPECT_EQ(count_code_points("aé漢"), 3U);
  EXPECT_EQ(count_code_points("a\xFF"), 2U);
}

TEST(InQuotes, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(in_quotes("a\x1b[31m\n\xC2\x85\xFF"), "'a\\u001b[31m\\n\\u0085\\xff'");
  EXPECT_EQ(in_quotes("grün"), "'grün'");
}

TEST(InQuotes, CutsLongText) {
  EXPECT_EQ(in_quotes(std::string(60, 'a')), "'" + std::string(60, 'a') + "'");
  EXPECT_EQ(in_quotes(std::string(61, 'a')), "'" + std::string(60, 'a') + "…'");
}

}  // namespace
}  // namespace tuner
