#include "cli/completion/completion.h"

#include "base/text.h"
#include "cli/request/help.h"
#include "cli/verbs/verbs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace tuner {
namespace {

using ::testing::ElementsAre;

TEST(Completion, KnowsTheArgumentOfEveryOption) {
  auto rows = global_options();
  for (const Verb& verb : verbs())
    rows.insert(rows.end(), verb.options.begin(), verb.options.end());
  for (const OptionRow& row : rows) {
    const bool known =
        row.argument.empty() || !row.value.choices.empty() || suggestion(row.argument);
    EXPECT_TRUE(known) << row.names << " " << row.argument << ": a row in completion.cc";
  }
}

TEST(Completion, KnowsTheWordsOfEveryVerb) {
  for (const CompletedVerb& verb : command_line_grammar(verbs()).verbs) {
    for (const CompletedWord& word : verb.words) {
      const bool known = !word.suggestion.words.empty() || suggestion(word.argument);
      EXPECT_TRUE(known) << verb.name << " " << word.after << " " << word.argument;
    }
  }
}

// The scripts skip option values before they know the verb.
TEST(Completion, AnOptionTakesAValueInAllVerbsOrInNone) {
  std::map<std::string, bool> takes;
  const CommandLineGrammar grammar = command_line_grammar(verbs());
  for (const CompletedVerb& verb : grammar.verbs) {
    for (const CompletedOption& option : verb.options) {
      const bool value = !option.argument.empty();
      EXPECT_EQ(takes.try_emplace(option.names.back(), value).first->second, value)
          << option.names.back();
    }
  }
}

TEST(Completion, ReadsTheWordsOfAVerb) {
  const auto words = completed_words("list|show PROFILE|check FILE...");
  ASSERT_EQ(words.size(), 3U);
  EXPECT_THAT(words[0].suggestion.words, ElementsAre("list", "show", "check"));
  EXPECT_EQ(words[1].after, "show");
  EXPECT_EQ(words[1].suggestion.kind, Suggest::Profiles);
  EXPECT_FALSE(words[1].repeated);
  EXPECT_EQ(words[2].after, "check");
  EXPECT_EQ(words[2].suggestion.kind, Suggest::Files);
  EXPECT_TRUE(words[2].repeated);
}

TEST(Completion, ReadsOptionalAndRepeatedWords) {
  const auto optional = completed_words("[FAMILY]");
  ASSERT_EQ(optional.size(), 1U);
  EXPECT_EQ(optional[0].argument, "FAMILY");
  EXPECT_FALSE(optional[0].repeated);
  const auto repeated = completed_words("FILE…");
  ASSERT_EQ(repeated.size(), 1U);
  EXPECT_EQ(repeated[0].argument, "FILE");
  EXPECT_TRUE(repeated[0].repeated);
  EXPECT_TRUE(completed_words("").empty());
}

// A name that passes through one of these can run as a command (tests/cases/hostile-completion).
TEST(Completion, NoScriptExpandsData) {
  const CommandLineGrammar grammar = command_line_grammar(verbs());
  for (const std::string& script :
       {bash_completion(grammar), zsh_completion(grammar), fish_completion(grammar)}) {
    for (const std::string_view line : lines(script)) {
      if (trim(line).starts_with('#')) continue;
      for (const char* word : {"compgen -W", "eval ", "($names)", "_values "})
        EXPECT_EQ(line.find(word), std::string_view::npos) << line;
    }
  }
}

// What a verb refuses is not offered for it.
TEST(Completion, OffersAVerbWhatItTakes) {
  for (const CompletedVerb& verb : command_line_grammar(verbs()).verbs) {
    const auto row = std::ranges::find(verbs(), verb.name, &Verb::name);
    std::vector<std::string> taken{"--help"};
    for (const OptionRow& option : global_options_of(row->help))
      taken.emplace_back(option.names.substr(option.names.find("--")));
    std::vector<std::string> offered;
    for (const CompletedOption& option : verb.taken) offered.push_back(option.names.back());
    EXPECT_THAT(offered, ::testing::UnorderedElementsAreArray(taken)) << verb.name;
  }
}

CommandLineGrammar with_doc(std::string doc) {
  return {.verbs = {{.name = "do", .summary = "does", .options = {}, .taken = {}, .words = {}}},
          .global = {{.names = {"--it"}, .doc = std::move(doc), .argument = {}, .value = {}}}};
}

TEST(Completion, EscapesQuotesAndBracketsOfADoc) {
  const CommandLineGrammar grammar = with_doc("a NIC's [limit]: 1");
  EXPECT_THAT(zsh_completion(grammar),
              ::testing::HasSubstr(R"('*--it[a NIC'\''s \[limit\]\: 1]')"));
  EXPECT_THAT(fish_completion(grammar), ::testing::HasSubstr(R"(-l it -d 'a NIC\'s [limit]: 1')"));
}

}  // namespace
}  // namespace tuner
