#include "docs/findings_page.h"

#include "base/text.h"
#include "model/findings/finding.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string file_text(const std::string& path) {
  std::ifstream file(std::string(KTLS_TUNER_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// By number; those with a reason why no finding covers them are left out.
std::set<std::string> causes_of_the_guide() {
  std::set<std::string> causes;
  const std::string text = file_text("tests/docs/guide-causes.txt");
  for (const std::string_view line : lines(text)) {
    if (line.starts_with('#') || line.find(" - ") != std::string_view::npos) continue;
    causes.emplace(line.substr(0, line.find(' ')));
  }
  return causes;
}

TEST(FindingsPage, HasEachFindingWithItsCommand) {
  const std::string page = findings_page();
  for (const FindingRow& row : finding_rows()) {
    EXPECT_THAT(page, HasSubstr(fmt::format("\n### {}\n", word_of(row.code))));
    EXPECT_THAT(page, HasSubstr(std::string(row.page)));
    EXPECT_TRUE(row.page.ends_with('.')) << word_of(row.code);
  }
  EXPECT_THAT(page, HasSubstr("\nethtool -K SUBJECT tx on\n"));
  EXPECT_THAT(page, Not(HasSubstr("{")));
}

TEST(FindingsPage, CoversEachCauseOfTheGuideAndNoOther) {
  std::set<std::string> covered;
  for (const FindingRow& row : finding_rows())
    for (const std::string_view cause : split_whitespace(row.guide)) covered.emplace(cause);
  EXPECT_EQ(covered, causes_of_the_guide());
}

// tests/lab/next-steps.txt: code → the lab's test; "-" if it has a reason instead.
std::map<std::string, std::string> typed_by_the_lab() {
  std::map<std::string, std::string> typed;
  const std::string text = file_text("tests/lab/next-steps.txt");
  for (const std::string_view line : lines(text)) {
    const auto words = split_whitespace(line);
    if (words.size() < 2 || line.starts_with('#')) continue;
    typed.emplace(words[0], words[1]);
    EXPECT_TRUE(words[1] != "-" || words.size() > 4) << line;
  }
  return typed;
}

TEST(FindingsPage, EachCommandThatMakesAFindingGoIsTypedByATestOfTheLab) {
  const auto typed = typed_by_the_lab();
  std::set<std::string> commands, listed;
  for (const FindingRow& row : finding_rows()) {
    EXPECT_FALSE(row.shows && row.command.empty()) << word_of(row.code);
    if (!row.command.empty() && !row.shows) commands.emplace(word_of(row.code));
  }
  for (const auto& [code, script] : typed) {
    listed.insert(code);
    if (script == "-") continue;
    EXPECT_THAT(file_text("tests/lab/" + script), HasSubstr(fmt::format("\"{}\"", code)));
  }
  EXPECT_EQ(listed, commands);
}

// The last column of the table in docs/guide.md, "Troubleshooting".
TEST(FindingsPage, TheTableOfSymptomsNamesFindingsThatExistAndEachThatNeedsAction) {
  const std::string guide = file_text("docs/guide.md");
  const auto begin = guide.find("\n## Troubleshooting\n");
  ASSERT_NE(begin, std::string::npos);
  const std::string table = guide.substr(begin, guide.find("\n## ", begin + 4) - begin);
  std::set<std::string> known, needed, named;
  for (const FindingRow& row : finding_rows()) {
    known.emplace(word_of(row.code));
    if (row.severity <= FindingSeverity::OffPath) needed.emplace(word_of(row.code));
  }
  for (const std::string_view line : lines(table)) {
    if (!line.starts_with("| ") || line.starts_with("| symptom")) continue;
    const auto cells = split(line, '|');
    for (const std::string_view word : split(cells[cells.size() - 2], '`'))
      if (!trim(word).empty() && trim(word) != ",") named.emplace(trim(word));
  }
  for (const std::string& word : named) EXPECT_TRUE(known.contains(word)) << word;
  for (const std::string& word : needed) EXPECT_TRUE(named.contains(word)) << word;
}

}  // namespace
}  // namespace tuner
