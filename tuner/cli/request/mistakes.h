// The next step for a command line that is refused: likely mistakes as a table.
#pragma once

#include "base/result.h"
#include "cli/request/verb.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

struct Mistake {
  std::string_view verb;   // "": there is no such verb; "*": with any verb or none
  std::string_view typed;  // "--dry-run", "diff"
  std::string_view hint;
};
std::span<const Mistake> mistakes();

// A word or an option that nothing takes, and the verb before it; nullptr: none.
struct Untaken {
  const Verb* verb = nullptr;
  std::string_view word;
  bool has_profile = false;  // -p was given
};
// Names the word, and what was probably meant: the row of mistakes(), the verbs that take such an
// option, the nearest name, or -p for a word that can be a profile.
Error untaken_error(std::span<const Verb> verbs, const Untaken& untaken);

// A global option that was given although it does nothing here; nullopt: each of `given` does
// something, or the verb is internal. `given` are long names, `words` those behind the verb: an
// action can take less than its verb.
std::optional<Error> unused_option(const Verb& verb, std::span<const std::string> words,
                                   std::span<const std::string_view> given);

// The hint for an option without its value, or with an invalid one: where its values are listed.
// `error` is the parser's text, which begins with the name of the option. nullopt: it does not, or
// no page lists such values.
std::optional<std::string> value_hint(std::string_view error, const Verb* verb);

// The hint if nothing more is known.
std::string help_hint(const Verb* verb);

}  // namespace tuner
