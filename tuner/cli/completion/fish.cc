#include "base/text.h"
#include "cli/completion/completion.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kHead =
    R"fish(# fish completion for ktls-tuner, made by `ktls-tuner completion fish`

# Names are data: fish takes each line as a word, and a tab would begin its description. Only names
# of printable ASCII are offered.
function __ktls_tuner_profiles
    ktls-tuner profile list 2>/dev/null | tail -n +2 | string replace -r ' .*' '' | string match -r '^[ -~]+$'
    __fish_complete_suffix .yaml
end
function __ktls_tuner_runs
    ktls-tuner runs 2>/dev/null | string match -r '^[ -~]+$'
end
function __ktls_tuner_nics
    for path in /sys/class/net/*/
        string replace -r '^.*/([^/]+)/$' '$1' -- $path | string match -r '^[ -~]+$'
    end
end

# The verb and its words so far, without options and their values.
function __ktls_tuner_said
    set -l value 0
    for word in (commandline -opc)[2..-1]
        if test $value = 1
            set value 0
        else if contains -- $word $__ktls_tuner_valued
            set value 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end
function __ktls_tuner_exactly
    set -l said (__ktls_tuner_said)
    test "$said" = "$argv"
end
function __ktls_tuner_after
    set -l said (__ktls_tuner_said)
    test (count $said) -ge (count $argv); and test "$said[1..$(count $argv)]" = "$argv"
end

complete -c ktls-tuner -f
)fish";

// The text as a word in single quotes.
std::string fish_quoted(std::string_view text) {
  std::string all = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') all += '\\';
    all += c;
  }
  return all + "'";
}

std::string suggested(const Suggestion& suggestion) {
  switch (suggestion.kind) {
    case Suggest::Nothing: return "";
    case Suggest::Words: return fmt::format(" -a {}", fish_quoted(join(suggestion.words, " ")));
    case Suggest::Profiles: return " -a '(__ktls_tuner_profiles)'";
    // -k keeps the order in which the verb prints them.
    case Suggest::Runs: return " -k -a '(__ktls_tuner_runs)'";
    case Suggest::Nics: return " -a '(__ktls_tuner_nics)'";
    case Suggest::Files: return " -a '(__fish_complete_path (commandline -ct))'";
    case Suggest::Folders: return " -a '(__fish_complete_directories (commandline -ct))'";
  }
  return "";
}

// -x means that a value must follow and that files are not offered for it.
std::string fish_options(std::string_view condition, const std::vector<CompletedOption>& all) {
  std::string rows;
  for (const CompletedOption& option : all) {
    rows += fmt::format("complete -c ktls-tuner{}", condition);
    for (const std::string& name : option.names)
      rows += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    rows += fmt::format(" -d {}", fish_quoted(option.doc));
    if (!option.argument.empty()) rows += " -x" + suggested(option.value);
    rows += '\n';
  }
  return rows;
}

std::string valued(const CommandLineGrammar& grammar) {
  std::string names;
  const auto add = [&names](const std::vector<CompletedOption>& options) {
    for (const CompletedOption& option : options) {
      if (!option.argument.empty()) names += " " + join(option.names, " ");
    }
  };
  add(grammar.global);
  for (const CompletedVerb& verb : grammar.verbs) add(verb.options);
  return names;
}

}  // namespace

std::string fish_completion(const CommandLineGrammar& grammar) {
  std::string script(kHead);
  script += fmt::format("set -g __ktls_tuner_valued{}\n\n", valued(grammar));
  script += fish_options(" -n __ktls_tuner_exactly", grammar.global);
  script +=
      "complete -c ktls-tuner -n __ktls_tuner_exactly -l version -d 'show the version and exit'\n";
  for (const CompletedVerb& verb : grammar.verbs) {
    script += fmt::format("\ncomplete -c ktls-tuner -n __ktls_tuner_exactly -a {} -d {}\n",
                          verb.name, fish_quoted(verb.summary));
    const std::string after = fmt::format(" -n '__ktls_tuner_after {}'", verb.name);
    script += fish_options(after, verb.options) + fish_options(after, verb.taken);
    for (const CompletedWord& word : verb.words) {
      const std::string said = verb.name + (word.after.empty() ? "" : " ") + word.after;
      script += fmt::format("complete -c ktls-tuner -n '__ktls_tuner_{} {}'{}\n",
                            word.repeated ? "after" : "exactly", said, suggested(word.suggestion));
    }
  }
  return script;
}

}  // namespace tuner
