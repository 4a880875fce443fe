// The pages of --help, from the rows of verbs, options and exit codes.
#pragma once

#include "cli/request/verb.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The value of an option that is not given: "1m", "auto". nullopt: none, or a flag.
std::optional<std::string> default_of(const OptionRow& row);

// The global options that do something for a verb: those of its row, and --json, --color, --quiet.
std::vector<OptionRow> global_options_of(const VerbHelp& help);

// The row of a verb's action by its name; nullptr: the verb has none of that name.
const VerbAction* find_action(const Verb& verb, std::string_view name);

// Pages are at most 100 columns wide, 80 without a terminal.
std::string program_help(std::span<const Verb> verbs, const Display& display);
std::string verb_help(const Verb& verb, const Display& display);
std::string action_help(const Verb& verb, const VerbAction& action, const Display& display);

}  // namespace tuner
