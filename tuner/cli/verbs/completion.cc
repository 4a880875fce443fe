#include "cli/completion/completion.h"

#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/tool.h"

#include <fmt/format.h>

namespace tuner {
namespace {

tl::unexpected<Error> usage(std::string text) {
  return fail(Fault::Invalid, std::move(text),
              fmt::format("ktls-tuner completion {}", fmt::join(words_of<Shell>(), " | ")));
}

Result<Shell> completion_request(const Options& options) {
  if (options.words.size() != 1) return usage("completion takes one shell");
  if (const auto shell = from_word<Shell>(options.words.front())) return *shell;
  return usage(fmt::format("no completion for a shell named '{}'", options.words.front()));
}

// From the rows of the verbs, so a new option is completed without another change.
std::string script_of(Shell shell) {
  const CommandLineGrammar grammar = command_line_grammar(verbs());
  switch (shell) {
    case Shell::Bash: return bash_completion(grammar);
    case Shell::Zsh: return zsh_completion(grammar);
    case Shell::Fish: break;
  }
  return fish_completion(grammar);
}

Answer answer_completion(Context& context, Shell shell) {
  std::string script = script_of(shell);
  context.terminal.result(script);
  Answer answer;
  *answer.body = document::Completion{.shell = document::word(shell), .script = std::move(script)};
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
          .prepare = with_request<completion_request, answer_completion>};
}

}  // namespace tuner
