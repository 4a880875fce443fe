#include "base/text.h"
#include "cli/completion/completion.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kHead =
    R"bash(# bash completion for ktls-tuner, made by `ktls-tuner completion bash`

# Names are data. None passes through `compgen -W`, eval or an unquoted expansion, each of which
# would run `$(…)` in the name of an interface. Only names of printable ASCII are offered.
_ktls_tuner_offer() { # NAME...: adds the names that begin with $cur to COMPREPLY, quoted
  local LC_ALL=C name quoted
  for name; do
    [[ -z $name || $name == *[!\ -~]* ]] && continue
    printf -v quoted %q "$name"
    [[ $name == "$cur"* || $quoted == "$cur"* ]] && COMPREPLY+=("$quoted")
  done
}

_ktls_tuner_suggest() { # KIND [WORD...]: adds the matches of that kind to COMPREPLY
  local found=() names=() path name
  case $1 in
    words) names=("${@:2}") ;;
    profiles)
      while read -r name _; do names+=("$name"); done < <(ktls-tuner profile list 2>/dev/null)
      names=("${names[@]:1}")
      ;;
    runs) mapfile -t names < <(ktls-tuner runs 2>/dev/null) ;;
    nics) for path in /sys/class/net/*/; do [[ -d $path ]] && path=${path%/} && names+=("${path##*/}"); done ;;
  esac
  _ktls_tuner_offer "${names[@]}"
  case $1 in
    profiles | files) mapfile -t found < <(compgen -f -- "$cur") ;;
    folders) mapfile -t found < <(compgen -d -- "$cur") ;;
    *) return 0 ;;
  esac
  compopt -o filenames 2>/dev/null
  COMPREPLY+=("${found[@]}")
}
)bash";

constexpr std::string_view kFoot = R"bash(
_ktls_tuner() {
  local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} said=() i
  COMPREPLY=()
  # `=` is a word of its own.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if _ktls_tuner_takes_value "${COMP_WORDS[i]}"; then
      [[ ${COMP_WORDS[i + 1]-} == = ]] && ((++i))
      ((++i))
    elif [[ ${COMP_WORDS[i]} != -* ]]; then
      said+=("${COMP_WORDS[i]}")
    fi
  done
  if _ktls_tuner_takes_value "$previous"; then
    _ktls_tuner_value "${said[0]-} $previous"
  elif [[ $cur == -* ]]; then
    _ktls_tuner_options "${said[0]-}"
  else
    _ktls_tuner_words "${said[*]}"
  fi
}
complete -F _ktls_tuner ktls-tuner
)bash";

// The shell command that adds the suggestions; `:` if there are none.
std::string call(const Suggestion& suggestion) {
  switch (suggestion.kind) {
    case Suggest::Nothing: return ":";
    case Suggest::Words:
      return fmt::format("_ktls_tuner_suggest words {}", join(suggestion.words, " "));
    case Suggest::Profiles: return "_ktls_tuner_suggest profiles";
    case Suggest::Runs: return "_ktls_tuner_suggest runs";
    case Suggest::Nics: return "_ktls_tuner_suggest nics";
    case Suggest::Files: return "_ktls_tuner_suggest files";
    case Suggest::Folders: return "_ktls_tuner_suggest folders";
  }
  return ":";
}

// The script must know which options have a value: "-p check" names a profile and not a verb.
std::string takes_value(const CommandLineGrammar& grammar) {
  std::string cases;
  const auto add = [&cases](const std::vector<CompletedOption>& options) {
    for (const CompletedOption& option : options) {
      if (!option.argument.empty())
        cases += fmt::format("    {}) return 0 ;;\n", join(option.names, " | "));
    }
  };
  add(grammar.global);
  for (const CompletedVerb& verb : grammar.verbs) add(verb.options);
  return fmt::format(
      "\n# shellcheck disable=SC2221,SC2222 # several verbs take an option of one name\n"
      "_ktls_tuner_takes_value() {{ # OPTION\n  case $1 in\n{}  esac\n  return 1\n}}\n",
      cases);
}

std::string values(const CommandLineGrammar& grammar) {
  std::string cases;
  const auto add = [&cases](std::string_view verb, const std::vector<CompletedOption>& options) {
    for (const CompletedOption& option : options) {
      if (option.value.kind == Suggest::Nothing) continue;
      for (const std::string& name : option.names)
        cases += fmt::format("    {}' {}') {} ;;\n", verb, name, call(option.value));
    }
  };
  add("*", grammar.global);
  for (const CompletedVerb& verb : grammar.verbs) add(verb.name, verb.options);
  return fmt::format("\n_ktls_tuner_value() {{ # 'VERB OPTION'\n  case $1 in\n{}  esac\n}}\n",
                     cases);
}

std::string names_of(const std::vector<CompletedOption>& options) {
  std::string names;
  for (const CompletedOption& option : options) names += " " + option.names.back();
  return names;
}

// Only the last name of an option is offered, the long one.
std::string bash_options(const CommandLineGrammar& grammar) {
  std::string cases;
  for (const CompletedVerb& verb : grammar.verbs)
    cases += fmt::format("    {}) own=({}{}) ;;\n", verb.name, names_of(verb.options),
                         names_of(verb.taken));
  return fmt::format(
      "\n_ktls_tuner_options() {{ # VERB\n  local own=(--version{})\n  case $1 in\n{}  esac\n"
      "  _ktls_tuner_suggest words \"${{own[@]}}\"\n}}\n",
      names_of(grammar.global), cases);
}

std::string words(const CommandLineGrammar& grammar) {
  Suggestion names{.kind = Suggest::Words, .words = {}};
  std::string cases;
  for (const CompletedVerb& verb : grammar.verbs) {
    names.words.push_back(verb.name);
    for (const CompletedWord& word : verb.words) {
      const std::string said = verb.name + (word.after.empty() ? "" : " ") + word.after;
      const std::string more = word.repeated ? fmt::format(" | '{} '*", said) : "";
      cases += fmt::format("    '{}'{}) {} ;;\n", said, more, call(word.suggestion));
    }
  }
  return fmt::format(
      "\n_ktls_tuner_words() {{ # 'VERB WORD...': what may follow\n  case $1 in\n    '') {} ;;\n{} "
      " esac\n}}\n",
      call(names), cases);
}

}  // namespace

std::string bash_completion(const CommandLineGrammar& grammar) {
  return std::string(kHead) + takes_value(grammar) + values(grammar) + bash_options(grammar) +
         words(grammar) + std::string(kFoot);
}

}  // namespace tuner
