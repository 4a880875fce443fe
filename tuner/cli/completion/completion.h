// Shell completion, from the rows of verbs and options: the grammar of the command line as data,
// and one writer per shell. Pure; the scripts call the program for names of profiles and runs.
#pragma once

#include "cli/request/verb.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

enum class Suggest { Nothing, Words, Profiles, Runs, Nics, Files, Folders };

struct Suggestion {
  Suggest kind = Suggest::Nothing;
  std::vector<std::string> words;  // of Suggest::Words
};

// How an argument of this name ("FAMILY", "NAME|PATH") is completed. nullopt: the name is not
// listed; a test finds such names.
std::optional<Suggestion> suggestion(std::string_view argument);

struct CompletedOption {
  std::vector<std::string> names;  // "-p", "--profile"
  std::string doc;
  std::string argument;  // empty: a flag
  Suggestion value;
};

// A positional argument, by the words before it.
struct CompletedWord {
  std::string after;  // "show"; empty: the verb itself
  std::string argument;
  Suggestion suggestion;
  bool repeated = false;
};

struct CompletedVerb {
  std::string name;
  std::string summary;
  std::vector<CompletedOption> options;  // its own
  std::vector<CompletedOption> taken;    // the global ones that do something for it
  std::vector<CompletedWord> words;
};

struct CommandLineGrammar {
  std::vector<CompletedVerb> verbs;
  std::vector<CompletedOption> global;  // before a verb is said
};

// Parses "list|show PROFILE|check FILE...": the words to choose from, and the argument after each.
std::vector<CompletedWord> completed_words(std::string_view words);

enum class Shell { Bash, Zsh, Fish };
template <>
inline constexpr auto kWords<Shell> =
    std::to_array<Word<Shell>>({{Shell::Bash, "bash"}, {Shell::Zsh, "zsh"}, {Shell::Fish, "fish"}});

// All of these verbs and their options, without internal verbs.
CommandLineGrammar command_line_grammar(std::span<const Verb> verbs);

std::string bash_completion(const CommandLineGrammar& grammar);
std::string zsh_completion(const CommandLineGrammar& grammar);
std::string fish_completion(const CommandLineGrammar& grammar);

}  // namespace tuner
