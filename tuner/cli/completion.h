// Completion for shells, from the rows of verbs and options: what the command line is, as data, and
// one writer a shell. Pure; the scripts ask the program itself for what only the machine knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

enum class Suggest { Nothing, Words, Profiles, Nics, Files, Folders };

struct Suggestion {
  Suggest kind = Suggest::Nothing;
  std::vector<std::string> words;  // of Suggest::Words
};

// What an argument of this name ("FAMILY", "NAME|PATH") is completed with. Nothing: a name that
// nobody has listed yet, which a test notices.
std::optional<Suggestion> suggestion(std::string_view argument);

struct CompletedOption {
  std::vector<std::string> names;  // "-p", "--profile"
  std::string doc;
  std::string argument;  // empty: a flag
  Suggestion value;
};

// What may follow the words that were said before it.
struct CompletedWord {
  std::string after;  // "show"; empty: the verb itself
  std::string argument;
  Suggestion suggestion;
  bool repeated = false;
};

struct CompletedVerb {
  std::string name;
  std::string summary;
  std::vector<CompletedOption> options;
  std::vector<CompletedWord> words;
};

struct CommandLineGrammar {
  std::vector<CompletedVerb> verbs;
  std::vector<CompletedOption> everywhere;
};

// "list|show PROFILE|check FILE...": the words to choose from, and what follows each.
std::vector<CompletedWord> completed_words(std::string_view words);

// All that this program takes, without what it starts itself.
CommandLineGrammar command_line_grammar();

std::string bash_completion(const CommandLineGrammar& grammar);
std::string zsh_completion(const CommandLineGrammar& grammar);
std::string fish_completion(const CommandLineGrammar& grammar);

}  // namespace tuner
