#include "cli/request/mistakes.h"

#include "base/text.h"
#include "cli/request/help.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace tuner {
namespace {

constexpr std::string_view kPlanInstead =
    "ktls-tuner plan shows what would be written, and writes nothing";
constexpr std::string_view kNoQuestion = "ktls-tuner asks no question; omit it";
constexpr std::string_view kRollback =
    "ktls-tuner rollback restores the state before the first apply";
constexpr std::string_view kPersist =
    "ktls-tuner apply -p NAME --persist sets a profile, also at every boot";
constexpr std::string_view kVersionOption = "ktls-tuner --version";

constexpr std::array kMistakes{
    Mistake{"apply", "--dry-run", kPlanInstead},
    Mistake{"apply", "-n", kPlanInstead},
    Mistake{"tune", "--dry-run", kPlanInstead},
    Mistake{"tune", "-n", kPlanInstead},
    Mistake{"check", "--dry-run", "check writes nothing without --repair"},
    Mistake{"check", "-n", "check writes nothing without --repair"},
    Mistake{"check", "--fix", "check --repair re-applies what drifted"},
    Mistake{"plan", "--dry-run", "plan never writes; omit it"},
    Mistake{"plan", "-n", "plan never writes; omit it"},
    Mistake{"rollback", "-n", "rollback --dry-run lists what would be restored"},
    Mistake{"sockets", "--listen", "sockets --listeners also shows listening sockets"},
    Mistake{"diagnose", "--tls", "diagnose --connect is about TLS in any case; omit it"},
    Mistake{"*", "-V", kVersionOption},
    Mistake{"*", "-?", "ktls-tuner --help"},
    Mistake{"*", "-y", kNoQuestion},
    Mistake{"*", "--yes", kNoQuestion},
    Mistake{"*", "-j", "--json prints one JSON document"},
    Mistake{"*", "-i", "--nic NIC selects a network interface"},
    Mistake{"*", "--interface", "--nic NIC selects a network interface"},
    Mistake{"", "diff", "ktls-tuner plan shows what differs from a profile"},
    Mistake{"", "explain", "ktls-tuner plan --explain shows the reason of each setting"},
    Mistake{"", "show",
            "ktls-tuner status shows what is set, facts this machine, profile show NAME a profile"},
    Mistake{"", "list", "ktls-tuner profile list, or ktls-tuner knobs"},
    Mistake{"", "profiles", "ktls-tuner profile list"},
    Mistake{"", "info", "ktls-tuner facts shows this machine"},
    Mistake{"", "install", kPersist},
    Mistake{"", "enable", kPersist},
    Mistake{"", "persist", kPersist},
    Mistake{"", "set", "ktls-tuner apply -p NAME sets a profile; plan shows it first"},
    Mistake{"", "undo", kRollback},
    Mistake{"", "revert", kRollback},
    Mistake{"", "restore", kRollback},
    Mistake{"", "reset", kRollback},
    Mistake{"", "uninstall", kRollback},
    Mistake{"", "disable", kRollback},
    Mistake{"", "repair", "ktls-tuner check --repair re-applies what drifted"},
    Mistake{"", "verify", "ktls-tuner check finds drift; ktls-tuner probe proves kernel TLS"},
    Mistake{"", "test", "ktls-tuner probe proves kernel TLS with real connections"},
    Mistake{"", "why", "ktls-tuner diagnose says why TLS is not in the kernel"},
    Mistake{"", "doctor", "ktls-tuner diagnose says why TLS is not in the kernel"},
    Mistake{"", "history", "ktls-tuner status --history lists all runs"},
    Mistake{"", "validate", "ktls-tuner profile check FILE"},
    Mistake{"", "recommend", "ktls-tuner profile recommend"},
};

struct ValuesRow {
  std::string_view argument;
  std::string_view listed;
};
constexpr std::array kListed{
    ValuesRow{"NAME|PATH", "ktls-tuner profile list shows the names"},
    ValuesRow{"FAMILY", "ktls-tuner knobs lists them"},
    ValuesRow{"NIC", "ktls-tuner facts lists them"},
    ValuesRow{"ID", "ktls-tuner status --history lists them"},
    ValuesRow{"TIME", "such as 90s, 5m or 2h"},
};

// Why a global option does nothing for a verb; "*": any other verb.
struct UnusedRow {
  std::string_view verb;
  std::string_view option;
  std::string_view because;
  std::string_view hint = {};
};
constexpr std::string_view kRecorded = "plan, check, facts and profile work on a recorded machine";
constexpr std::array kUnused{
    UnusedRow{"profile", "--profile", "profiles are named without an option",
              "ktls-tuner profile show NAME"},
    UnusedRow{"rollback", "--profile", "it restores what was there before, whatever changed it"},
    UnusedRow{"status", "--profile", "it shows the active profile",
              "ktls-tuner profile show NAME shows a profile"},
    UnusedRow{"confirm", "--profile", "it confirms the run that waits"},
    UnusedRow{"*", "--profile", "it uses no profile"},
    UnusedRow{"probe", "--root", "a recorded machine makes no connection", kRecorded},
    UnusedRow{"bench", "--root", "a recorded machine makes no connection", kRecorded},
    UnusedRow{"sockets", "--root", "a recording holds no connections", kRecorded},
    UnusedRow{"watch", "--root", "there is nothing to watch in a recording", kRecorded},
    UnusedRow{"openssl-conf", "--root", "this machine's libssl proves the configuration",
              kRecorded},
    UnusedRow{"run", "--root", "it starts a command on this machine", kRecorded},
    UnusedRow{"*", "--root", "it looks at no machine", kRecorded},
    UnusedRow{"*", "--explain", "it lists no settings"},
    UnusedRow{"*", "--verbose", "it has no longer form"},
    UnusedRow{"*", "--timeout", "it has no time limit"},
};

bool has_name(const OptionRow& row, std::string_view name) {
  const auto names = split(row.names, ',');
  return std::ranges::find(names, name) != names.end();
}

bool takes(const Verb& verb, std::string_view option) {
  return std::ranges::any_of(verb.options,
                             [&](const OptionRow& row) { return has_name(row, option); });
}

std::optional<std::string> of_other_verbs(std::span<const Verb> verbs, std::string_view option) {
  std::vector<std::string> names;
  for (const Verb& verb : verbs) {
    if (!verb.internal && takes(verb, option)) names.emplace_back(verb.name);
  }
  if (names.empty()) return std::nullopt;
  const std::string last = names.back();
  names.pop_back();
  if (names.empty()) return fmt::format("{} belongs to {}", option, last);
  return fmt::format("{} belongs to {} and {}", option, join(names, ", "), last);
}

std::optional<std::string> near_name(std::span<const Verb> verbs, const Untaken& untaken) {
  std::vector<std::string_view> names;
  const auto add = [&names](const std::vector<OptionRow>& rows) {
    for (const OptionRow& row : rows) names.push_back(long_name(row));
  };
  const std::vector<OptionRow> global = global_options();
  if (untaken.word.starts_with('-')) {
    add(global);
    if (untaken.verb != nullptr) add(untaken.verb->options);
  } else if (untaken.verb == nullptr) {
    for (const Verb& each : verbs) {
      if (!each.internal) names.push_back(each.name);
    }
  }
  const auto near = nearest(untaken.word, names);
  return near ? std::optional(fmt::format("did you mean {}?", *near)) : std::nullopt;
}

std::optional<std::string> as_profile(const Untaken& untaken) {
  const Verb* const verb = untaken.verb;
  if (verb == nullptr || untaken.has_profile || !verb->words.empty()) return std::nullopt;
  const auto& taken = verb->help.takes;
  if (std::ranges::find(taken, "--profile") == taken.end()) return std::nullopt;
  return fmt::format("-p names the profile: ktls-tuner {} -p {}", verb->name, untaken.word);
}

std::string hint(std::span<const Verb> verbs, const Untaken& untaken) {
  const Verb* const verb = untaken.verb;
  const bool option = untaken.word.starts_with('-');
  // "--on-failure=keep": the name alone
  const std::string_view name =
      option ? untaken.word.substr(0, untaken.word.find('=')) : untaken.word;
  // From the surest to the loosest: a known mistake, an option of other verbs, a similar name, a
  // profile without -p.
  for (const Mistake& row : mistakes()) {
    const bool here = row.verb == "*" || row.verb == (verb == nullptr ? "" : verb->name);
    if (here && row.typed == name) return std::string(row.hint);
  }
  if (option) {
    if (const auto others = of_other_verbs(verbs, name))
      return fmt::format("{}; {}", *others, help_hint(verb));
  }
  if (auto near = near_name(verbs, untaken)) return *near;
  if (!option) {
    if (auto profile = as_profile(untaken)) return *profile;
  }
  return help_hint(verb);
}

const UnusedRow& unused_row(std::string_view verb, std::string_view option) {
  // Each option that a verb may not take has a row of "*", so one is found.
  return *std::ranges::find_if(kUnused, [&](const UnusedRow& row) {
    return row.option == option && (row.verb == verb || row.verb == "*");
  });
}

}  // namespace

std::optional<Error> unused_option(const Verb& verb, std::span<const std::string> words,
                                   std::span<const std::string_view> given) {
  if (verb.internal) return std::nullopt;
  // Without a word a verb does its first action.
  const VerbAction* const first = verb.actions.empty() ? nullptr : &verb.actions.front();
  const VerbAction* const action = words.empty() ? first : find_action(verb, words.front());
  const std::vector<OptionRow> taken =
      global_options_of(action == nullptr ? verb.help : action->help);
  for (const std::string_view option : given) {
    if (std::ranges::any_of(taken, [&](const OptionRow& row) { return has_name(row, option); }))
      continue;
    const UnusedRow& row = unused_row(verb.name, option);
    const std::string command =
        action == nullptr ? std::string(verb.name) : fmt::format("{} {}", verb.name, action->name);
    return Error{.fault = Fault::Invalid,
                 .text = fmt::format("{} takes no {}: {}", command, option, row.because),
                 .hint = row.hint.empty() ? fmt::format("omit {}; {}", option, help_hint(&verb))
                                          : std::string(row.hint)};
  }
  return std::nullopt;
}

std::span<const Mistake> mistakes() {
  return kMistakes;
}

std::string help_hint(const Verb* verb) {
  if (verb == nullptr) return "ktls-tuner --help lists verbs and options";
  return fmt::format("ktls-tuner {} --help lists its options", verb->name);
}

Error untaken_error(std::span<const Verb> verbs, const Untaken& untaken) {
  Error error{.fault = Fault::Invalid, .text = {}, .hint = hint(verbs, untaken)};
  const std::string word = in_quotes(untaken.word);
  if (untaken.verb == nullptr)
    error.text =
        fmt::format("no {} named {}", untaken.word.starts_with('-') ? "option" : "verb", word);
  else
    error.text = fmt::format("{} takes no {} {}", untaken.verb->name,
                             untaken.word.starts_with('-') ? "option" : "word", word);
  return error;
}

std::optional<std::string> value_hint(std::string_view error, const Verb* verb) {
  if (!error.starts_with('-')) return std::nullopt;
  const std::string_view name = error.substr(0, error.find_first_of(": "));
  std::vector<OptionRow> rows = global_options();
  if (verb != nullptr) rows.insert(rows.end(), verb->options.begin(), verb->options.end());
  for (const OptionRow& row : rows) {
    if (!has_name(row, name)) continue;
    const auto* const listed = std::ranges::find(kListed, row.argument, &ValuesRow::argument);
    if (listed == kListed.end()) return std::nullopt;
    return fmt::format("{} takes {}; {}", name, row.argument, listed->listed);
  }
  return std::nullopt;
}

}  // namespace tuner
