// A verb as a row: its name, help, option rows, and the function that makes a task of the options.
// main.cc dispatches from the rows (cli/verbs/verbs.h); help, completion and documentation come
// from the same rows.
#pragma once

#include "cli/output/display.h"
#include "cli/request/exit_code.h"
#include "cli/request/option.h"
#include "host/files/state_store.h"
#include "host/host.h"
#include "profile/diagnostic.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::document {
class Body;  // document/envelope.h
}

namespace tuner {

// Output of a verb. Results go to stdout, messages to stderr. With --json, stdout is exactly one
// document.
class Terminal {
 public:
  Terminal(bool json, bool quiet, const Display& display)
      : json_(json), quiet_(quiet), display_(display) {}
  void result(std::string_view text) const;  // stdout, unless --json
  void talk(std::string_view text) const;    // stderr, one line, unless --quiet
  bool color() const { return display_.color; }
  const Display& display() const { return display_; }

 private:
  bool json_, quiet_;
  Display display_;
};

struct Answer;

struct Context {
  std::string_view verb;  // its name
  const GlobalOptions& options;
  Host& host;
  StateStore& store;
  const Terminal& terminal;
  // Of a verb whose documents are lines (Verb::lines), with --json: prints an answer as a document
  // of its own in one line. False: stdout takes no more.
  std::function<bool(Answer answer)> print_line = {};
};

// Result of a verb. main.cc adds the envelope and prints it.
struct Answer {
  Answer();
  ~Answer();
  Answer(Answer&&) noexcept;
  Answer& operator=(Answer&&) noexcept;

  ExitCode exit_code = ExitCode::Ok;
  std::vector<Error> errors;
  std::vector<Diagnostic> diagnostics;
  bool printed = false;                  // by Context::print_line: no document is left to print
  std::unique_ptr<document::Body> body;  // the document's own keys; never null
};
Answer failure(ExitCode code, Error error);
Answer failure(const Error& error);  // the exit code is exit_code_of(error.fault)

// A command line that works when typed, and what it does.
struct Example {
  std::string_view command;
  std::string_view effect;
};

// What --help says besides options. A test runs the examples.
struct VerbHelp {
  // Global options that do something here, by their long names. --json, --color and --quiet always
  // do.
  std::vector<std::string_view> takes = {};
  std::vector<Example> examples = {};
  std::vector<ExitCode> exits = {};  // all exit codes that the verb can give
};

// A first word of a verb that does something of its own: `profile show`.
struct VerbAction {
  std::string_view name;
  std::string_view words;  // as of Verb
  std::string_view summary;
  VerbHelp help;
};

// What a verb does with its request. Called once.
using Task = std::function<Answer(Context& context)>;

// For Verb::prepare: `Make` makes the request of the options, `Run` is the verb's function.
template <auto Make, auto Run>
Result<Task> with_request(const Options& options) {
  auto request = TRY(Make(options));
  return Task([request](Context& context) { return Run(context, request); });
}
// For a verb without options of its own.
template <auto Run>
Result<Task> without_request(const Options& /*options*/) {
  return Task(Run);
}

struct Verb {
  std::string_view name;
  std::string_view summary;
  std::string_view words;  // positional arguments for the help: "[NAME]", "FILE…"; empty: none
  // Changes the machine: refused with --root; needs --profile or an active profile.
  bool writes = false;
  // With --json it prints documents of one line each, at any time, and not one at the end.
  bool lines = false;
  bool internal = false;       // not for users: not in --help
  bool takes_command = false;  // the words behind "--" are Options::command, whatever they are
  std::vector<OptionRow> options;
  VerbHelp help = {};  // empty for internal verbs
  std::vector<VerbAction> actions = {};
  // Judges the options together and makes the verb's request of them, before anything is read. An
  // error means exit code 64.
  Result<Task> (*prepare)(const Options& options);
};

}  // namespace tuner
