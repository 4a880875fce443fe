#include "profile/diagnostic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

Diagnostic at(int column, std::string line) {
  return {.code = "unknown-key",
          .message = "there is no key 'govenor' here",
          .hint = "did you mean governor?",
          .origin = {.file = "edge-server.yaml", .line = 12, .column = column},
          .source_line = std::move(line)};
}

TEST(DiagnosticText, ShowsThePosition) {
  EXPECT_EQ(to_text(at(5, "  - govenor: performance")),
            "edge-server.yaml:12:5: error: there is no key 'govenor' here [unknown-key]\n"
            "      - govenor: performance\n"
            "        ^\n"
            "  hint: did you mean governor?");
}

TEST(DiagnosticText, WorksWithoutPositionLineOrHint) {
  const Diagnostic bare{.severity = Diagnostic::Severity::Warning,
                        .code = "unknown-profile",
                        .message = "there is no profile 'x'"};
  EXPECT_EQ(to_text(bare), "warning: there is no profile 'x' [unknown-profile]");
}

TEST(DiagnosticText, CountsATabAsOneColumn) {
  EXPECT_THAT(to_text(at(3, "a\tb")), ::testing::HasSubstr("\n    a b\n      ^\n"));
}

TEST(DiagnosticText, PutsTheCaretBehindWideCharacters) {
  // Two code points, four columns on a terminal.
  EXPECT_THAT(to_text(at(3, "漢字x")), ::testing::HasSubstr("\n    漢字x\n        ^\n"));
}

TEST(DiagnosticText, PutsTheCaretUnderACombinedCharacter) {
  EXPECT_THAT(to_text(at(3, "e\xCC\x81x")), ::testing::HasSubstr("\n     ^\n"));
}

TEST(DiagnosticText, ShowsNoControlCharacters) {
  const std::string text = to_text(at(1, "a\x1b[31mb\xE2\x80\xAE"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xE2\x80\xAE"), std::string::npos);
  EXPECT_THAT(text, ::testing::HasSubstr("a\xEF\xBF\xBD[31mb\xEF\xBF\xBD"));
}

TEST(DiagnosticText, SurvivesBrokenUtf8) {
  EXPECT_THAT(to_text(at(2, "\xFFx")), ::testing::HasSubstr("\n    \xEF\xBF\xBDx\n     ^\n"));
}

TEST(DiagnosticText, ShowsAWindowOfALongLine) {
  const std::string line = std::string(1000, 'a') + "X" + std::string(1'000'000, 'b');
  const std::string text = to_text(at(1001, line));
  EXPECT_LT(text.size(), 500U);
  const std::string blanks(61, ' ');  // the ellipsis and 60 characters
  EXPECT_THAT(text, ::testing::HasSubstr("\n    …" + std::string(60, 'a') + "X" +
                                         std::string(40, 'b') + "…\n    " + blanks + "^\n"));
}

TEST(DiagnosticText, ShowsAnOrdinaryLineWhole) {
  const std::string line(100, 'a');
  EXPECT_THAT(to_text(at(1, line)), ::testing::HasSubstr("\n    " + line + "\n    ^"));
}

TEST(Diagnostics, ShowALineOfADosFileWithoutItsCarriageReturn) {
  std::vector<Diagnostic> diagnostics{at(5, ""), at(1, "")};
  diagnostics[0].origin.line = 2;
  diagnostics[1].origin.line = 9;
  add_source_lines(diagnostics, "cpus:\r\n  - govenor: performance\r\n");
  EXPECT_EQ(diagnostics[0].source_line, "  - govenor: performance");
  EXPECT_EQ(diagnostics[1].source_line, "") << "the file has no such line";
  std::vector<Diagnostic> of_nothing{at(1, "")};
  of_nothing[0].origin.line = 1;
  add_source_lines(of_nothing, "");
  EXPECT_EQ(of_nothing[0].source_line, "") << "an empty file has no lines";
}

TEST(Diagnostics, HaveErrorsOnlyWithAnError) {
  EXPECT_FALSE(has_errors({}));
  EXPECT_FALSE(has_errors({{.severity = Diagnostic::Severity::Warning}}));
  EXPECT_TRUE(has_errors(
      {{.severity = Diagnostic::Severity::Note}, {.severity = Diagnostic::Severity::Error}}));
}

}  // namespace
}  // namespace tuner
