#include "cli/output/text_sink.h"

#include "cli/output/table.h"
#include "cli/render/text.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(TextSink, EscapesControlSequences) {
  EXPECT_EQ(for_terminal("eth\x1b[2J0", true), "eth\\x1b[2J0");
  EXPECT_EQ(for_terminal("a\rb\x7f\b", true), "a\\x0db\\x7f\\x08");
  EXPECT_EQ(for_terminal("a\xc2\x9b"
                         "31m",
                         true),
            "a\\u009b31m")
      << "CSI as one C1 character";
  EXPECT_EQ(for_terminal("a\xe2\x80\xae"
                         "b",
                         true),
            "a\\u202eb")
      << "it would reorder the text after it";
  EXPECT_EQ(for_terminal("a\xff\xc3", true), "a\\xff\\xc3");
}

TEST(TextSink, KeepsOwnColoursAndUnicode) {
  const std::string ours = tinted("größer →", Tint::Bad, true) + "\tx\n";
  EXPECT_EQ(for_terminal(ours, true), ours);
  EXPECT_EQ(for_terminal("größer → 日本\n", false), "größer → 日本\n");
}

TEST(TextSink, EscapesOwnSequencesWithoutColor) {
  EXPECT_EQ(for_terminal("\x1b[31mred\x1b[0m", false), "\\x1b[31mred\\x1b[0m");
}

TEST(TextSink, AnErrorIsOneLine) {
  EXPECT_EQ(error_text({.text = "open a\nall is as it was", .hint = "b\nc"}),
            "error: open a\\x0aall is as it was\n  hint: b\\x0ac\n");
}

}  // namespace
}  // namespace tuner
