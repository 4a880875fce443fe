#include "cli/verbs/verbs.h"

#include "document/kinds.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace tuner {
namespace {

std::vector<OptionRow> options_of(const Verb& verb) {
  auto all = global_options();
  all.insert(all.end(), verb.options.begin(), verb.options.end());
  return all;
}

TEST(Verbs, AreTheDocumentedOnes) {
  std::vector<std::string_view> names;
  for (const Verb& verb : verbs()) {
    if (!verb.internal) names.push_back(verb.name);
  }
  EXPECT_THAT(names, ::testing::ElementsAre("facts", "profile", "knobs", "plan", "apply", "confirm",
                                            "check", "tune", "rollback", "status", "probe", "bench",
                                            "sockets", "watch", "openssl-conf", "run", "diagnose",
                                            "report", "completion"));
}

// Otherwise its document is none by its own schema.
TEST(Verbs, AreKindsOfDocuments) {
  std::set<std::string_view> names;
  for (const document::Kind& kind : document::kinds()) names.insert(kind.name);
  for (const Verb& verb : verbs()) EXPECT_TRUE(names.contains(verb.name)) << verb.name;
}

TEST(Verbs, AreFoundByTheirOwnNames) {
  for (const Verb& verb : verbs()) {
    const Verb* const found = find_verb(verb.name);
    ASSERT_NE(found, nullptr) << verb.name;
    EXPECT_EQ(found->name, verb.name);
    EXPECT_EQ(found, find_verb(verb.name)) << "made once";
  }
  EXPECT_EQ(find_verb("chek"), nullptr);
  EXPECT_EQ(find_verb(""), nullptr);
}

TEST(Verbs, HaveASummaryOnOneLineAndAFunction) {
  for (const Verb& verb : verbs()) {
    EXPECT_FALSE(verb.summary.empty()) << verb.name;
    EXPECT_EQ(verb.summary.find('\n'), std::string_view::npos) << verb.name;
    EXPECT_NE(verb.prepare, nullptr) << verb.name;
  }
}

TEST(Verbs, DocumentEveryOptionOnce) {
  for (const Verb& verb : verbs()) {
    std::set<std::string_view> names;
    for (const OptionRow& row : options_of(verb)) {
      EXPECT_FALSE(row.doc.empty()) << verb.name << " " << row.names;
      EXPECT_NE(row.names.find("--"), std::string_view::npos) << verb.name << " " << row.names;
      EXPECT_TRUE(names.insert(row.names).second) << verb.name << " " << row.names;
    }
  }
}

TEST(Verbs, NameTheArgumentOfEveryOptionExceptFlags) {
  for (const Verb& verb : verbs()) {
    for (const OptionRow& row : options_of(verb)) {
      const bool flag = row.value.flag != nullptr;
      EXPECT_EQ(flag, row.argument.empty()) << verb.name << " " << row.names;
    }
  }
}

TEST(Verbs, AreMarkedIfTheyWrite) {
  for (const Verb& verb : verbs()) {
    const bool writes = verb.name == "apply" || verb.name == "tune" || verb.name == "rollback" ||
                        verb.name == "confirm" || verb.name == "guard";
    EXPECT_EQ(verb.writes, writes) << verb.name;
  }
}

bool is_global(std::string_view name) {
  return std::ranges::any_of(global_options(), [&](const OptionRow& row) {
    return row.names.substr(row.names.find("--")) == name;
  });
}

void expect_help(const VerbHelp& help, const std::string& command) {
  for (const std::string_view option : help.takes)
    EXPECT_TRUE(is_global(option)) << command << " " << option;
  EXPECT_EQ(help.examples.size(), 2U) << command;
  for (const Example& example : help.examples) {
    EXPECT_NE(example.command.find(command), std::string_view::npos) << example.command;
    EXPECT_FALSE(example.effect.empty()) << example.command;
  }
  EXPECT_TRUE(std::ranges::is_sorted(help.exits)) << command;
  for (const ExitCode code : {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::Bug})
    EXPECT_EQ(std::ranges::count(help.exits, code), 1) << command << " " << static_cast<int>(code);
  const bool reads_recordings = std::ranges::count(help.takes, "--root") == 1;
  const bool reads_documents = command == "ktls-tuner report" || command == "ktls-tuner bench";
  EXPECT_EQ(std::ranges::count(help.exits, ExitCode::DataUnusable) == 1,
            reads_recordings || reads_documents)
      << command;
}

TEST(Verbs, SayTheirGlobalOptionsExamplesAndExitCodes) {
  for (const Verb& verb : verbs()) {
    if (verb.internal) continue;
    const std::string command = fmt::format("ktls-tuner {}", verb.name);
    expect_help(verb.help, command);
    for (const VerbAction& action : verb.actions)
      expect_help(action.help, fmt::format("{} {}", command, action.name));
    EXPECT_FALSE(verb.writes && std::ranges::count(verb.help.takes, "--root") > 0) << verb.name;
  }
}

TEST(Verbs, TakeTheirActionsAsWords) {
  for (const Verb& verb : verbs()) {
    if (verb.actions.empty()) continue;
    std::string words;
    for (const VerbAction& action : verb.actions)
      words += fmt::format("{}{}{}{}", words.empty() ? "" : "|", action.name,
                           action.words.empty() ? "" : " ", action.words);
    EXPECT_EQ(verb.words, words);
  }
}

TEST(Verbs, HaveDefaultsAmongTheChoices) {
  for (const Verb& verb : verbs()) {
    for (const OptionRow& row : options_of(verb)) {
      if (row.value.choices.empty() || row.value.repeatable) continue;  // a list begins empty
      const std::string shown = row.value.shown({});
      // One that may be absent has no default.
      EXPECT_EQ(std::ranges::count(row.value.choices, shown), shown.empty() ? 0 : 1) << row.names;
    }
  }
}

TEST(Failure, TakesTheExitCodeOfItsFault) {
  EXPECT_EQ(failure({.fault = Fault::NotPermitted}).exit_code, ExitCode::NotPermitted);
  EXPECT_EQ(failure({.fault = Fault::Io}).exit_code, ExitCode::Failed);
}

TEST(Failure, KeepsTheErrorAndAnEmptyBody) {
  const Answer answer = failure(ExitCode::Usage, {.fault = Fault::Invalid, .text = "no"});
  EXPECT_EQ(answer.exit_code, ExitCode::Usage);
  ASSERT_EQ(answer.errors.size(), 1U);
  EXPECT_EQ(answer.errors[0].text, "no");
  EXPECT_TRUE(answer.body->empty());
}

}  // namespace
}  // namespace tuner
