#include "cli/completion/completion.h"

#include "cli/verbs/verbs.h"
#include "document/kinds.h"

#include <fmt/format.h>

namespace tuner {
namespace {

Answer usage(std::string text) {
  return failure(ExitCode::Usage, {.fault = Fault::Invalid,
                                   .text = std::move(text),
                                   .hint = "ktls-tuner completion bash | zsh | fish"});
}

Answer run(Context& context) {
  const auto& words = context.options.words;
  if (words.size() != 1) return usage("completion takes one shell");
  // From the rows of the verbs, so a new option is completed without another change.
  const CommandLineGrammar grammar = command_line_grammar(verbs());
  std::string script;
  if (words[0] == "bash")
    script = bash_completion(grammar);
  else if (words[0] == "zsh")
    script = zsh_completion(grammar);
  else if (words[0] == "fish")
    script = fish_completion(grammar);
  else
    return usage(fmt::format("no completion for a shell named '{}'", words[0]));
  context.terminal.result(script);
  Answer answer;
  answer.body->keys = document::Completion{.shell = words[0], .script = std::move(script)};
  return answer;
}

}  // namespace

Verb completion_verb() {
  return {.name = "completion",
          .summary = "prints a shell script that completes verbs, options and profiles",
          .words = "bash|zsh|fish",
          .options = {},
          .help = {.takes = {},
                   .examples = {{"source <(ktls-tuner completion bash)", "complete in this shell"},
                                {"ktls-tuner completion zsh >_ktls-tuner",
                                 "write a file for a folder of zsh's $fpath"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::Bug}},
          .prepare = without_request<run>};
}

}  // namespace tuner
