#include "cli/request/mistakes.h"

#include "base/text.h"
#include "cli/request/help.h"
#include "cli/verbs/verbs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

const Verb* verb_named(std::string_view name) {
  const auto found = std::ranges::find(verbs(), name, &Verb::name);
  return found == verbs().end() ? nullptr : &*found;
}

Error error_of(std::string_view verb, std::string_view word, bool has_profile = false) {
  return untaken_error(verbs(),
                       {.verb = verb_named(verb), .word = word, .has_profile = has_profile});
}

TEST(Mistakes, EveryRowIsAMistakeAndGivesItsHint) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Mistake& row : mistakes()) {
    EXPECT_TRUE(seen.emplace(row.verb, row.typed).second) << row.verb << " " << row.typed;
    EXPECT_EQ(verb_named(row.typed), nullptr) << row.typed << " is a verb";
    const bool any = row.verb == "*" || row.verb.empty();
    ASSERT_TRUE(any || verb_named(row.verb) != nullptr) << row.verb;
    for (const OptionRow& option : any ? global_options() : verb_named(row.verb)->options)
      EXPECT_EQ(std::ranges::count(split(option.names, ','), row.typed), 0) << row.typed;
    EXPECT_EQ(error_of(any ? "" : row.verb, row.typed).hint, row.hint);
  }
}

TEST(Mistakes, AnOptionOfAnotherVerbNamesTheVerbsThatTakeIt) {
  EXPECT_EQ(error_of("facts", "--on-failure").hint,
            "--on-failure belongs to apply and tune; ktls-tuner facts --help lists its options");
  EXPECT_EQ(error_of("facts", "--on-failure=keep").hint, error_of("facts", "--on-failure").hint);
  EXPECT_THAT(error_of("plan", "--history").hint, HasSubstr("--history belongs to status; "));
  EXPECT_THAT(error_of("", "--repair").hint, HasSubstr("--repair belongs to check; "));
}

TEST(Mistakes, AnInternalVerbIsNotSuggested) {
  EXPECT_EQ(error_of("", "guard-").hint, "ktls-tuner --help lists verbs and options");
}

TEST(Mistakes, AWordThatIsNoOptionMayBeTheProfile) {
  const Error error = error_of("plan", "site");
  EXPECT_EQ(error.text, "plan takes no word 'site'");
  EXPECT_EQ(error.hint, "-p names the profile: ktls-tuner plan -p site");
  EXPECT_EQ(error_of("plan", "site", true).hint, "ktls-tuner plan --help lists its options");
  EXPECT_EQ(error_of("status", "site").hint, "ktls-tuner status --help lists its options");
}

TEST(Mistakes, ATypingErrorHasTheNearestName) {
  EXPECT_EQ(error_of("", "aply").hint, "did you mean apply?");
  EXPECT_EQ(error_of("plan", "--jsn").hint, "did you mean --json?");
  EXPECT_EQ(error_of("plan", "--jsn").text, "plan takes no option '--jsn'");
}

std::string unused(std::string_view verb, std::vector<std::string> words,
                   std::vector<std::string_view> given) {
  const auto error = unused_option(*verb_named(verb), words, given);
  return error ? error->text : "";
}

TEST(UnusedOption, IsRefusedWithTheReason) {
  EXPECT_EQ(unused("knobs", {}, {"--json", "--root"}),
            "knobs takes no --root: it looks at no machine");
  EXPECT_EQ(unused("status", {}, {"--profile"}),
            "status takes no --profile: it shows the active profile");
  EXPECT_EQ(
      unused_option(*verb_named("report"), {}, std::array{std::string_view("--timeout")})->hint,
      "omit --timeout; ktls-tuner report --help lists its options");
}

TEST(UnusedOption, AnActionCanTakeLessThanItsVerb) {
  EXPECT_EQ(unused("profile", {"recommend"}, {"--root", "--timeout"}), "");
  EXPECT_EQ(unused("profile", {"show", "base"}, {"--root"}),
            "profile show takes no --root: it looks at no machine");
  EXPECT_EQ(unused("profile", {}, {"--timeout"}),
            "profile list takes no --timeout: it has no time limit");
}

// The help of a verb names what it takes, so nothing else is accepted, and nothing of it refused.
TEST(UnusedOption, HelpAndRefusalAgreeForEveryVerbAndOption) {
  for (const Verb& verb : verbs()) {
    if (verb.internal || !verb.actions.empty()) continue;
    for (const OptionRow& row : global_options()) {
      const std::string_view name = row.names.substr(row.names.find("--"));
      const auto taken = global_options_of(verb.help);
      const bool is_taken = std::ranges::count(taken, row.names, &OptionRow::names) > 0;
      EXPECT_EQ(unused(verb.name, {}, {name}).empty(), is_taken) << verb.name << " " << name;
    }
  }
}

TEST(UnusedOption, AnInternalVerbIsStartedByTheToolItself) {
  EXPECT_EQ(unused("guard", {}, {"--explain"}), "");
}

TEST(Mistakes, AValueHasThePlaceWhereItsWordsAreListed) {
  EXPECT_THAT(value_hint("--profile: 1 required NAME|PATH missing", nullptr),
              Optional(HasSubstr("ktls-tuner profile list shows the names")));
  EXPECT_THAT(value_hint("-p: must not be empty", verb_named("plan")),
              Optional(HasSubstr("-p takes NAME|PATH; ")));
  EXPECT_THAT(value_hint("--nic: 1 required NIC missing", verb_named("plan")),
              Optional(HasSubstr("ktls-tuner facts")));
  EXPECT_EQ(value_hint("--nic: 1 required NIC missing", verb_named("status")), std::nullopt);
  EXPECT_EQ(value_hint("--color: maybe not in {auto}", nullptr), std::nullopt);
  EXPECT_EQ(value_hint("something else", nullptr), std::nullopt);
}

}  // namespace
}  // namespace tuner
