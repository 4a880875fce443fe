#include "base/text.h"
#include "cli/completion/completion.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kHead = R"zsh(#compdef ktls-tuner
# zsh completion for ktls-tuner, made by `ktls-tuner completion zsh`

# Names are data: they reach compadd as an array, never an action, which _alternative evaluates.
_ktls-tuner-harmless() { # keeps the names of printable ASCII in $names
  local LC_ALL=C
  names=(${names:#*[^\ -~]*})
}

_ktls-tuner-profiles() {
  local -a names
  names=(${${(f)"$(ktls-tuner profile list 2>/dev/null)"}[2,-1]%% *})
  _ktls-tuner-harmless
  _alternative 'profiles:profile:compadd -a names' 'files:profile file:_files -g "*.yaml"'
}

_ktls-tuner-runs() {
  local expl
  local -a names
  names=(${(f)"$(ktls-tuner runs 2>/dev/null)"})
  _ktls-tuner-harmless
  _wanted -V runs expl 'run' compadd -a names
}

_ktls-tuner-nics() {
  local expl
  local -a names
  names=(/sys/class/net/*(N-/:t))
  _ktls-tuner-harmless
  _wanted interfaces expl 'network interface' compadd -a names
}
)zsh";

// Escapes text within the single quotes of a spec: quotes end it, and brackets and colons are
// syntax.
std::string escaped(std::string_view text) {
  std::string all;
  for (const char c : text) {
    if (c == '\'') {
      all += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') all += '\\';
    all += c;
  }
  return all;
}

std::string action(const Suggestion& suggestion) {
  switch (suggestion.kind) {
    case Suggest::Nothing: return " ";
    case Suggest::Words: return fmt::format("({})", join(suggestion.words, " "));
    case Suggest::Profiles: return "_ktls-tuner-profiles";
    case Suggest::Runs: return "_ktls-tuner-runs";
    case Suggest::Nics: return "_ktls-tuner-nics";
    case Suggest::Files: return "_files";
    case Suggest::Folders: return "_files -/";
  }
  return " ";
}

// One spec for each name of an option, all with the same text.
// A leading "*" allows an option again, as `--nic` needs it. "=" behind a long name accepts both
// forms, "--nic eth0" and "--nic=eth0".
std::string specs(const std::vector<CompletedOption>& options, std::string_view indent) {
  std::string all;
  for (const CompletedOption& option : options) {
    const std::string value =
        option.argument.empty()
            ? ""
            : fmt::format(":{}:{}", escaped(option.argument), action(option.value));
    for (const std::string& name : option.names)
      all += fmt::format("{}'*{}{}[{}]{}'\n", indent, name,
                         !value.empty() && name.starts_with("--") ? "=" : "", escaped(option.doc),
                         value);
  }
  return all;
}

std::string positional(const CompletedVerb& verb) {
  std::string all;
  std::string later;
  for (const CompletedWord& word : verb.words) {
    const std::string what = fmt::format("{}:{}", escaped(word.argument), action(word.suggestion));
    if (word.after.empty())
      all += fmt::format(" '{}:{}'", word.repeated ? "*" : "1", what);
    else
      later += fmt::format("            {}) _arguments '{}:{}' $own ;;\n", word.after,
                           word.repeated ? "*" : "1", what);
  }
  if (later.empty()) return all;
  return all + " '*:: :->more'\n          [[ $state == more ]] && case $line[1] in\n" + later +
         "          esac";
}

}  // namespace

// In a folder of fpath the file is the body of its function. A file that is sourced registers it.
std::string zsh_completion(const CommandLineGrammar& grammar) {
  std::string names;
  std::string cases;
  for (const CompletedVerb& verb : grammar.verbs) {
    names += fmt::format("    '{}:{}'\n", verb.name, escaped(verb.summary));
    cases += fmt::format(
        "        {})\n          own=(\n{}          )\n          _arguments $own{}\n    "
        "      ;;\n",
        verb.name, specs(verb.options, "            ") + specs(verb.taken, "            "),
        positional(verb));
  }
  return fmt::format(
      "{}\n_ktls-tuner() {{\n  local curcontext=$curcontext state line\n  local -a verbs "
      "global own\n"
      "  verbs=(\n{}  )\n  global=(\n{}  )\n"
      "  _arguments -C $global '--version[show the version and exit]' '1: :->verb' '*:: "
      ":->rest'\n"
      "  case $state in\n    verb) _describe verb verbs ;;\n    rest)\n      case $line[1] in\n{}  "
      "    esac\n      ;;\n"
      "  esac\n}}\n\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n  _ktls-tuner "
      "\"$@\"\nelse\n"
      "  compdef _ktls-tuner ktls-tuner\nfi\n",
      kHead, names, specs(grammar.global, "    "), cases);
}

}  // namespace tuner
