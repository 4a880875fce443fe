#include "profile/import/shell_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner::importing {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

TEST(ShellWords, QuotesAreRemoved) {
  EXPECT_THAT(shell_words("a 'b c'\"d e\" >f|g"),
              Optional(ElementsAre("a", "b cd e", ">", "f", "|", "g")));
  EXPECT_THAT(shell_words("a ''"), Optional(ElementsAre("a", "")));
}

TEST(ShellWords, WhatAShellComputesIsNotUnderstood) {
  for (const char* line : {"a $b", "a `b`", "a \"$b\"", "a (b)", "a 'b", "a \"b", "a; b", "a & b",
                           "a <<EOF", "a \\", "\"a\\\"\""})
    EXPECT_EQ(shell_words(line), std::nullopt) << line;
}

TEST(ShellWords, ACommandWithoutItsFolderAndSudo) {
  const auto command = shell_command("sudo /sbin/sysctl -w a.b=1 >/dev/null 2>&1 || true");
  ASSERT_TRUE(command);
  EXPECT_EQ(command->program, "sysctl");
  EXPECT_THAT(command->words, ElementsAre("-w", "a.b=1"));
  EXPECT_EQ(shell_command("sudo"), std::nullopt);
}

TEST(ShellWords, Writes) {
  const auto plain = shell_write("echo -n 1 2 > /x");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->value, "1 2");
  EXPECT_EQ(plain->path, "/x");
  EXPECT_EQ(shell_write("echo 1 | sudo tee -a /y")->path, "/y");
  EXPECT_EQ(shell_write("echo 1 >> /z")->path, "/z");
  for (const char* line : {"echo 1", "echo 1 >", "cat 1 > /x", "echo 1 | sudo tee", ""})
    EXPECT_EQ(shell_write(line), std::nullopt) << line;
}

}  // namespace
}  // namespace tuner::importing
