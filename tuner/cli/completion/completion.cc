#include "cli/completion/completion.h"

#include "base/text.h"
#include "cli/request/help.h"
#include "knobs/catalog.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tuner {
namespace {

struct ArgumentRow {
  std::string_view name;
  Suggest kind;
};

// Without FAMILY, whose words come from the catalog.
constexpr std::array kArguments{
    ArgumentRow{"NAME|PATH", Suggest::Profiles},
    ArgumentRow{"PROFILE", Suggest::Profiles},
    ArgumentRow{"NIC", Suggest::Nics},
    ArgumentRow{"FILE", Suggest::Files},
    ArgumentRow{"FILE.prom", Suggest::Files},
    ArgumentRow{"FILE.json", Suggest::Files},
    ArgumentRow{"FILE.tar", Suggest::Files},
    ArgumentRow{"PATH", Suggest::Files},
    ArgumentRow{"DIR", Suggest::Folders},
    ArgumentRow{"TIME", Suggest::Nothing},
    ArgumentRow{"ADDRESS:PORT", Suggest::Nothing},
    ArgumentRow{"HOST:PORT", Suggest::Nothing},
    ArgumentRow{"ID", Suggest::Runs},
    ArgumentRow{"N", Suggest::Nothing},
    ArgumentRow{"SERVICE", Suggest::Nothing},
    ArgumentRow{"COMMAND", Suggest::Files},
    ArgumentRow{"PID", Suggest::Nothing},
    ArgumentRow{"NAME", Suggest::Nothing},
    ArgumentRow{"URLPATH", Suggest::Nothing},
};

Suggestion families() {
  Suggestion all{.kind = Suggest::Words, .words = {}};
  for (const Knob& knob : catalog()) all.words.emplace_back(knob.info.name);
  return all;
}

// An argument without a row gets no suggestions, and a test fails for it.
CompletedOption completed(const OptionRow& row) {
  CompletedOption option{
      .names = {}, .doc = std::string(row.doc), .argument = std::string(row.argument), .value = {}};
  for (const std::string_view name : split(row.names, ',')) option.names.emplace_back(name);
  const auto words = row.value.choices;
  if (!words.empty())
    option.value = {.kind = Suggest::Words, .words = {words.begin(), words.end()}};
  else if (!row.argument.empty())
    option.value = suggestion(row.argument).value_or(Suggestion{});
  return option;
}

// In the rows of verbs a lower-case word is typed as it stands, and an upper-case one names an
// argument.
bool is_literal(std::string_view word) {
  return !word.empty() && word.front() >= 'a' && word.front() <= 'z';
}

// "[FAMILY]", "FILE...", "FILE…": an argument without its brackets and dots.
std::string_view bare(std::string_view argument) {
  const auto begin = argument.find_first_not_of('[');
  if (begin == std::string_view::npos) return {};
  argument.remove_prefix(begin);
  // \xe2 begins the character "…" in UTF-8.
  return argument.substr(0, std::min(argument.find_first_of("].\xe2"), argument.size()));
}

CompletedWord completed(std::string_view after, std::string_view argument) {
  const std::string_view name = bare(argument);
  return {.after = std::string(after),
          .argument = std::string(name),
          .suggestion = suggestion(name).value_or(Suggestion{}),
          .repeated = name.size() + 1 < argument.size() && !argument.ends_with(']')};
}

}  // namespace

std::optional<Suggestion> suggestion(std::string_view argument) {
  if (argument == "FAMILY") return families();
  const auto* const row = std::ranges::find(kArguments, argument, &ArgumentRow::name);
  if (row == kArguments.end()) return std::nullopt;
  return Suggestion{.kind = row->kind, .words = {}};
}

// "list|show PROFILE|check FILE..." becomes the words list, show and check, and what may follow
// each.
std::vector<CompletedWord> completed_words(std::string_view words) {
  std::vector<CompletedWord> all;
  Suggestion first{.kind = Suggest::Words, .words = {}};
  for (const std::string_view choice : split(words, '|')) {
    auto parts = split_whitespace(choice);
    if (!parts.empty() && parts.front() == "--") parts.erase(parts.begin());
    if (parts.empty()) continue;
    if (!is_literal(parts.front())) {
      all.push_back(completed({}, parts.front()));
      continue;
    }
    first.words.emplace_back(parts.front());
    if (parts.size() == 1) continue;
    all.push_back(completed(parts[0], parts[1]));
    // "diff PROFILE [PROFILE]"
    if (parts.size() > 2 && bare(parts[2]) == bare(parts[1])) all.back().repeated = true;
  }
  if (!first.words.empty())
    all.insert(all.begin(), {.after = {}, .argument = "what", .suggestion = std::move(first)});
  return all;
}

CommandLineGrammar command_line_grammar(std::span<const Verb> verbs) {
  const CompletedOption help{
      .names = {"-h", "--help"}, .doc = "show help and exit", .argument = {}, .value = {}};
  CommandLineGrammar grammar;
  for (const OptionRow& row : global_options()) grammar.global.push_back(completed(row));
  grammar.global.push_back(help);
  for (const Verb& verb : verbs) {
    if (verb.internal) continue;
    CompletedVerb known{.name = std::string(verb.name),
                        .summary = std::string(verb.summary),
                        .options = {},
                        .taken = {},
                        .words = completed_words(verb.words)};
    for (const OptionRow& row : verb.options) known.options.push_back(completed(row));
    for (const OptionRow& row : global_options_of(verb.help)) known.taken.push_back(completed(row));
    known.taken.push_back(help);
    grammar.verbs.push_back(std::move(known));
  }
  return grammar;
}

}  // namespace tuner
