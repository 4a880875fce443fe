#include "cli/request/help.h"

#include "base/text.h"
#include "cli/output/wrap.h"
#include "cli/verbs/verbs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

const Verb& verb_named(std::string_view name) {
  return *std::ranges::find(verbs(), name, &Verb::name);
}

OptionRow option_named(const std::vector<OptionRow>& rows, std::string_view name) {
  return *std::ranges::find_if(
      rows, [&](const OptionRow& row) { return row.names.find(name) != std::string_view::npos; });
}

TEST(Help, DefaultsAreThoseOfTheOptions) {
  const auto& apply = verb_named("apply").options;
  EXPECT_THAT(default_of(option_named(global_options(), "--timeout")), Optional(std::string("1m")));
  EXPECT_THAT(default_of(option_named(apply, "--on-failure")), Optional(std::string("rollback")));
  EXPECT_EQ(default_of(option_named(apply, "--wait-link")), std::nullopt) << "0: it does not wait";
  EXPECT_EQ(default_of(option_named(apply, "--confirm-within")), std::nullopt);
  EXPECT_EQ(default_of(option_named(apply, "--force")), std::nullopt);
  EXPECT_EQ(default_of(option_named(apply, "--only")), std::nullopt);
  EXPECT_EQ(default_of(option_named(global_options(), "--profile")), std::nullopt);
}

TEST(Help, AVerbHasTheGlobalOptionsThatItTakes) {
  std::vector<std::string_view> names;
  for (const OptionRow& row : global_options_of({.takes = {"--timeout"}}))
    names.push_back(row.names);
  EXPECT_THAT(names, ElementsAre("--json", "--color", "-q,--quiet", "--timeout"));
}

TEST(Help, HasEverySectionOfAVerb) {
  for (const Verb& verb : verbs()) {
    if (verb.internal) continue;
    const std::string page = verb_help(verb, {});
    EXPECT_THAT(page, HasSubstr(fmt::format("usage: ktls-tuner {}", verb.name)));
    for (const OptionRow& row : verb.options)
      EXPECT_THAT(page, HasSubstr(fmt::format("\n  {}", row.names))) << verb.name;
    for (const OptionRow& row : global_options_of(verb.help))
      EXPECT_THAT(page, HasSubstr(std::string(row.names.substr(row.names.find("--")))));
    for (const Example& example : verb.help.examples)
      EXPECT_THAT(page, HasSubstr(fmt::format("\n  {}\n", example.command)));
    for (const ExitCode code : verb.help.exits)
      EXPECT_THAT(page, HasSubstr(fmt::format("\n  {} ", static_cast<int>(code)))) << verb.name;
  }
}

TEST(Help, LeavesOutWhatAVerbDoesNotTakeOrGive) {
  const std::string page = verb_help(verb_named("completion"), {});
  EXPECT_THAT(page, Not(HasSubstr("--profile")));
  EXPECT_THAT(page, Not(HasSubstr("\n  75 ")));
}

TEST(Help, AnActionHasItsOwnPage) {
  const Verb& profile = verb_named("profile");
  const VerbAction* const show = find_action(profile, "show");
  ASSERT_NE(show, nullptr);
  const std::string page = action_help(profile, *show, {});
  EXPECT_THAT(page, HasSubstr("usage: ktls-tuner profile show PROFILE [OPTION…]\n"));
  EXPECT_THAT(page, HasSubstr("\n  78 "));
  EXPECT_THAT(page, Not(HasSubstr("--root")));
  EXPECT_EQ(find_action(profile, "delete"), nullptr);
}

TEST(Help, FitsTheTerminal) {
  for (const std::size_t width : {60U, 80U, 200U}) {
    for (const Verb& verb : verbs()) {
      std::string page = verb_help(verb, {.width = width});
      // A command to be copied stays whole.
      for (const Example& example : verb.help.examples) {
        const auto at = page.find(std::string(example.command) + "\n");
        ASSERT_NE(at, std::string::npos);
        page.erase(at, example.command.size());
      }
      for (const std::string_view line : lines(page))
        EXPECT_LE(text_width(line), std::min<std::size_t>(width, 100)) << line;
    }
  }
}

TEST(Help, TheProgramListsEveryVerbThatIsNotInternal) {
  const std::string page = program_help(verbs(), {});
  for (const Verb& verb : verbs())
    EXPECT_EQ(page.find(fmt::format("\n  {} ", verb.name)) != std::string::npos, !verb.internal)
        << verb.name;
  for (const OptionRow& row : global_options())
    EXPECT_THAT(page, HasSubstr(std::string(row.names.substr(row.names.find("--")))));
}

}  // namespace
}  // namespace tuner
