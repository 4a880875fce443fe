// The YAML reader: positions, and texts that are rejected before the profile's keys are read.
// tests/cases/profiles has a whole file for each problem.
#include "profile/yaml_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> found;
  for (const YamlProblem& one : read_yaml(text).problems)
    found.push_back(std::to_string(one.place.line) + ":" + std::to_string(one.place.column) + " " +
                    std::string(one.code.row().code));
  return found;
}

YamlNode read(std::string_view text) {
  YamlText yaml = read_yaml(text);
  EXPECT_THAT(problems(text), IsEmpty());
  return yaml.root.value_or(YamlNode{});
}

std::string times(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(YamlTree, KeepsKindsAndQuotes) {
  const YamlNode root = read("a: 1\nb: \"1\"\nc: [x, 'y']\nd: null\ne:\nf: |\n  text\n");
  ASSERT_EQ(root.entries.size(), 6U);
  EXPECT_TRUE(root.entries[0].value.plain);
  EXPECT_FALSE(root.entries[1].value.plain);
  EXPECT_EQ(root.entries[1].value.text, "1");
  EXPECT_TRUE(root.entries[2].value.items[0].plain);
  EXPECT_FALSE(root.entries[2].value.items[1].plain);
  EXPECT_EQ(root.entries[3].value.kind, YamlNode::Kind::Null);
  EXPECT_EQ(root.entries[4].value.kind, YamlNode::Kind::Empty);
  EXPECT_EQ(root.entries[5].value.text, "text\n");
  EXPECT_FALSE(root.entries[5].value.plain);
}

TEST(YamlTree, ReadsQuotedNullAsText) {
  const YamlNode root = read("a: \"null\"\nb: nullable\nc: ~\nd: NULL\n");
  EXPECT_EQ(root.entries[0].value.text, "null");
  EXPECT_EQ(root.entries[1].value.text, "nullable");
  // Other spellings of null stay text, so that the profile reader can reject them by name.
  EXPECT_EQ(root.entries[2].value.text, "~");
  EXPECT_EQ(root.entries[3].value.text, "NULL");
}

TEST(YamlTree, CountsColumnsInCodePoints) {
  const YamlNode root = read("ключ: [é, 漢, x]\n");
  const YamlNode& list = root.entries[0].value;
  EXPECT_EQ(list.place.column, 7);
  EXPECT_EQ(list.items[0].place.column, 8);
  EXPECT_EQ(list.items[1].place.column, 11);
  EXPECT_EQ(list.items[2].place.column, 14);
}

TEST(YamlTree, AcceptsWindowsLineEnds) {
  const YamlNode root = read("a: 1\r\n\r\nb: 2\r\n");
  EXPECT_EQ(root.entries[1].key.place.line, 3);
  EXPECT_EQ(root.entries[1].value.text, "2");
}

TEST(YamlTree, PutsAnEmptyValueAtItsKey) {
  const YamlNode root = read("a:\n  b:\n\nc: 1\n");
  const YamlEntry& b = root.entries[0].value.entries[0];
  EXPECT_EQ(b.value.place.line, 2);
  EXPECT_EQ(b.value.place.column, 3);
}

TEST(YamlTree, IsEmptyForAnEmptyText) {
  for (const std::string_view text : {"", "\n", "# a comment\n", "---\n"})
    EXPECT_EQ(read(text).kind, YamlNode::Kind::Empty) << text;
}

TEST(YamlTree, AcceptsOneDocumentMarker) {
  EXPECT_EQ(read("---\na: 1\n").entries.size(), 1U);
  EXPECT_EQ(read("a: 1\n...\n").entries.size(), 1U);
}

TEST(YamlText, MustBeUtf8) {
  EXPECT_THAT(problems("a: \xFF\n"), ElementsAre("1:4 bad-encoding"));
  EXPECT_THAT(problems("é: é\n漢: \xC3\x28"), ElementsAre("2:4 bad-encoding"));
  EXPECT_THAT(problems("\xEF\xBB\xBF"
                       "a: 1\n"),
              ElementsAre("1:1 bad-encoding"));
  EXPECT_THAT(problems("\xFF\xFE"
                       "a"),
              ElementsAre("1:1 bad-encoding"));
}

TEST(YamlText, HasNoControlCharacters) {
  EXPECT_THAT(problems(std::string_view("a: b\0c", 6)), ElementsAre("1:5 control-character"));
  EXPECT_THAT(problems("a: b\n\x1b[31m"), ElementsAre("2:1 control-character"));
  EXPECT_THAT(problems("a: 1\rb: 2\n"), ElementsAre("1:5 control-character"));
  EXPECT_THAT(problems("a: \xC2\x85\n"), ElementsAre("1:4 control-character"));
  EXPECT_THAT(problems("a: \xE2\x80\xAE\n"), ElementsAre("1:4 control-character"));
}

TEST(YamlText, IsIndentedWithBlanks) {
  EXPECT_THAT(problems("a:\n\tb: 1\n  \tc: 2\n"), ElementsAre("2:1 tab-indent", "3:3 tab-indent"));
  EXPECT_THAT(problems("a: 1\t# a tab elsewhere\n\t\nb: 2\n"), IsEmpty());
}

TEST(YamlText, HasOneDocumentAndNoDirectives) {
  EXPECT_THAT(problems("a: 1\n---\nb: 2\n"), ElementsAre("2:1 second-document"));
  EXPECT_THAT(problems("a: 1\n---\n"), ElementsAre("2:1 second-document"));
  EXPECT_THAT(problems("a: 1\n...\n---\n[\n"), ElementsAre("3:1 second-document"));
  EXPECT_THAT(problems("%YAML 1.2\n---\na: 1\n"), ElementsAre("1:1 directive"));
}

TEST(YamlText, HasNoAnchorsAliasesOrMerges) {
  EXPECT_THAT(problems("a: &x 1\nb: *x\n"), ElementsAre("1:4 anchor", "2:4 anchor"));
  EXPECT_THAT(problems("a: *nowhere\n"), ElementsAre("1:4 anchor"));
  EXPECT_THAT(problems("<<: {a: 1}\n"), ElementsAre("1:1 anchor"));
  EXPECT_THAT(problems("'<<': {a: 1}\n"), IsEmpty());
  // Nine levels of nine aliases: rejected at their position, never expanded.
  std::string laughs = "a0: &a0 [x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
              times("*a" + last + ",", 9) + "]\n";
  }
  EXPECT_EQ(problems(laughs).size(), 9U + 8U * 9U);
}

TEST(YamlText, HasNoTags) {
  EXPECT_THAT(problems("a: !x 1\n"), ElementsAre("1:4 tag"));
  EXPECT_THAT(problems("a: ! 1\n"), ElementsAre("1:4 tag"));
  EXPECT_THAT(problems("a: !!seq [1]\nb: !!map {}\n"), ElementsAre("1:4 tag", "2:4 tag"));
}

TEST(YamlText, HasDifferentTextKeys) {
  EXPECT_THAT(problems("a: 1\nb: {c: 1, c: 2}\na: 3\n"),
              ElementsAre("2:11 duplicate-key", "3:1 duplicate-key"));
  EXPECT_THAT(problems("a: 1\n'a': 2\n"), ElementsAre("2:1 duplicate-key"));
  EXPECT_THAT(problems("1: a\n"), ElementsAre("1:1 non-text-key"));
  EXPECT_THAT(problems("? [a]\n: b\n"), ElementsAre("1:3 non-text-key"));
  EXPECT_THAT(problems("'1': a\n"), IsEmpty());
}

TEST(YamlText, NestsThirtyTwoLevels) {
  EXPECT_THAT(problems(times("[", 32) + times("]", 32)), IsEmpty());
  EXPECT_THAT(problems(times("[", 33) + times("]", 33)), ElementsAre("1:33 too-deep"));
  EXPECT_THAT(problems(times("{a: ", 33) + times("}", 33)), ElementsAre("1:129 too-deep"));
}

// None of these may crash or loop. Each must give a tree or a problem.
TEST(YamlText, SurvivesAMegabyteOfAnything) {
  for (const std::string_view unit : {"[", "{", "- ", "? ", "[{", "{a: ", ": ", "&a ", "! ", "'",
                                      "\"", "a: |\n ", "[a: ", "]", "x", "\n", "#", "%", "*a "}) {
    const std::string text = times(unit, static_cast<int>((1U << 20U) / unit.size()));
    const YamlText yaml = read_yaml(text);
    EXPECT_TRUE(yaml.root.has_value() || !yaml.problems.empty()) << unit;
  }
}

TEST(YamlSyntax, ErrorsHaveTheRightPosition) {
  EXPECT_THAT(problems("a: [1,\nb: 2\n"), ElementsAre("1:4 syntax"));
  EXPECT_THAT(problems("a: {b: [1, 2\nc: 3\n"), ElementsAre("1:8 syntax"));
  EXPECT_THAT(problems("a: 'x\nb: 2\n"), ElementsAre("1:4 syntax"));
  EXPECT_THAT(problems("a: \"x\\\"\n"), ElementsAre("1:4 syntax"));
  EXPECT_THAT(problems("a: 'it''s'\nb: \"\\\"\"\nc: ''\n"), IsEmpty());
  EXPECT_THAT(problems("a: 1\n- b\n"), ElementsAre("2:1 syntax"));
  EXPECT_THAT(problems("a: b: c\n"), ElementsAre("1:5 syntax"));
  EXPECT_THAT(problems("a: [1]]\n"), ElementsAre("1:7 syntax"));
  EXPECT_THAT(problems("a: \"\\q\"\n"), ElementsAre("1:7 syntax"));
}

TEST(YamlSyntax, AnErrorGivesNoTree) {
  for (const std::string_view text : {"a: [1", "a: 'x", "a: b: c", "a: *x"})
    EXPECT_FALSE(read_yaml(text).root.has_value()) << text;
}

}  // namespace
}  // namespace tuner
