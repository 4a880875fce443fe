#include "cli/request/help.h"

#include "base/text.h"
#include "cli/output/table.h"
#include "cli/output/wrap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr std::array<std::string_view, 3> kAlwaysTaken{"--json", "--color", "--quiet"};

// What one page is about: a verb, or an action of one.
struct Page {
  std::string command;  // "ktls-tuner profile show"
  std::string_view words;
  std::string_view summary;
  std::vector<OptionRow> options;
  VerbHelp help;
};

Display page_display(const Display& display) {
  constexpr std::size_t kWidest = 100;
  constexpr std::size_t kWithoutTerminal = 80;
  return {.color = display.color,
          .width = display.width == 0 ? kWithoutTerminal : std::min(display.width, kWidest)};
}

std::string paragraph(const std::string& text, const Display& display) {
  return wrapped_lines(text + "\n", display.width, 0);
}

// "lists profiles" as a sentence: "Lists profiles."
std::string sentence(std::string_view text) {
  std::string all(text);
  if (!all.empty() && all.front() >= 'a' && all.front() <= 'z')
    all.front() = static_cast<char>(all.front() - 'a' + 'A');
  return all + ".";
}

// "-p,--profile" and its argument: "-p, --profile NAME|PATH"
std::string option_term(const OptionRow& row) {
  std::string term;
  for (const std::string_view name : split(row.names, ','))
    term += fmt::format("{}{}", term.empty() ? "" : ", ", name);
  if (!row.argument.empty()) term += fmt::format(" {}", row.argument);
  return term;
}

std::string option_text(const OptionRow& row) {
  std::string text(row.doc);
  if (!row.value.choices.empty())
    text += fmt::format("; one of {}", fmt::join(row.value.choices, ", "));
  if (const auto value = default_of(row)) text += fmt::format(" (default {})", *value);
  return text;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Terms of all sections are indented by two blanks, and their texts stand in one column.
std::string section(std::string_view title, const Pairs& pairs, const Display& display) {
  if (pairs.empty()) return {};
  Table table({"", ""});
  for (const auto& [term, text] : pairs) table.add({{"  " + term}, {text}});
  return fmt::format("\n{}:\n{}", title, table.text(display));
}

Pairs option_pairs(const std::vector<OptionRow>& rows) {
  Pairs pairs;
  for (const OptionRow& row : rows) pairs.emplace_back(option_term(row), option_text(row));
  return pairs;
}

// A command is never wrapped: it is there to be copied.
std::string examples_text(const std::vector<Example>& examples, const Display& display) {
  if (examples.empty()) return {};
  std::string text = "\nexamples:\n";
  for (const Example& example : examples)
    text += fmt::format("  {}\n{}", example.command,
                        wrapped_lines(fmt::format("      {}\n", example.effect), display.width, 6));
  return text;
}

std::string exits_text(const std::vector<ExitCode>& exits, const Display& display) {
  Pairs pairs;
  for (const ExitCodeRow& row : exit_codes()) {
    if (std::ranges::find(exits, row.code) != exits.end())
      pairs.emplace_back(fmt::format("{}", static_cast<int>(row.code)), std::string(row.meaning));
  }
  return section("exit codes", pairs, display);
}

// What stands behind "--" is no option of ours.
std::string usage(const Page& page) {
  const std::string words = page.words.empty() ? "" : fmt::format(" {}", page.words);
  const bool last = page.words.starts_with("--");
  return fmt::format("usage: {}{} [OPTION…]{}", page.command, last ? "" : words, last ? words : "");
}

std::string page_text(const Page& page, const Display& display, const std::string& more) {
  std::vector<OptionRow> everywhere = global_options_of(page.help);
  Pairs global = option_pairs(everywhere);
  global.emplace_back("-h, --help", "show help and exit");
  return paragraph(usage(page), display) + "\n" + paragraph(sentence(page.summary), display) +
         more + section("options", option_pairs(page.options), display) +
         section("global options", global, display) + examples_text(page.help.examples, display) +
         exits_text(page.help.exits, display);
}

}  // namespace

std::optional<std::string> default_of(const OptionRow& row) {
  if (row.value.shown == nullptr) return std::nullopt;
  std::string word = row.value.shown(Options());
  return word.empty() ? std::nullopt : std::optional(std::move(word));
}

std::vector<OptionRow> global_options_of(const VerbHelp& help) {
  std::vector<OptionRow> rows = global_options();
  std::erase_if(rows, [&](const OptionRow& row) {
    const std::string_view name = long_name(row);
    return std::ranges::find(kAlwaysTaken, name) == kAlwaysTaken.end() &&
           std::ranges::find(help.takes, name) == help.takes.end();
  });
  return rows;
}

const VerbAction* find_action(const Verb& verb, std::string_view name) {
  const auto found = std::ranges::find(verb.actions, name, &VerbAction::name);
  return found == verb.actions.end() ? nullptr : &*found;
}

std::string program_help(std::span<const Verb> verbs, const Display& display) {
  const Display page = page_display(display);
  Pairs rows;
  for (const Verb& verb : verbs) {
    if (!verb.internal) rows.emplace_back(verb.name, verb.summary);
  }
  Pairs global = option_pairs(global_options());
  global.emplace_back("-h, --help", "show help and exit");
  global.emplace_back("--version", "show the version and exit");
  return "usage: ktls-tuner VERB [OPTION…] [WORD…]\n\n" +
         paragraph("Makes a Linux host ready for kernel TLS, proves that it is, and keeps it so.",
                   page) +
         section("verbs", rows, page) + section("global options", global, page) +
         examples_text(
             {{"ktls-tuner plan -p edge-server", "show what would change; writes nothing"},
              {"ktls-tuner help apply",
               "options, examples and exit codes of a verb, as ktls-tuner apply --help"}},
             page);
}

std::string verb_help(const Verb& verb, const Display& display) {
  const Display page = page_display(display);
  Pairs actions;
  for (const VerbAction& action : verb.actions)
    actions.emplace_back(
        fmt::format("{}{}{}", action.name, action.words.empty() ? "" : " ", action.words),
        action.summary);
  const std::string more =
      actions.empty()
          ? ""
          : section("actions", actions, page) + "\n" +
                paragraph(fmt::format("Each has a help of its own: ktls-tuner {} {} --help",
                                      verb.name, verb.actions.front().name),
                          page);
  return page_text({.command = fmt::format("ktls-tuner {}", verb.name),
                    .words = verb.actions.empty() ? verb.words : "ACTION",
                    .summary = verb.summary,
                    .options = verb.options,
                    .help = verb.help},
                   page, more);
}

std::string action_help(const Verb& verb, const VerbAction& action, const Display& display) {
  return page_text({.command = fmt::format("ktls-tuner {} {}", verb.name, action.name),
                    .words = action.words,
                    .summary = action.summary,
                    .options = {},
                    .help = action.help},
                   page_display(display), {});
}

}  // namespace tuner
