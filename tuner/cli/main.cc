// ktls-tuner: parses the command line, runs the verb, and prints its answer as text or JSON.

#include "base/text.h"
#include "cli/output/display.h"
#include "cli/output/text_sink.h"
#include "cli/render/documents.h"
#include "cli/render/failed_reads.h"
#include "cli/render/log_lines.h"
#include "cli/render/text.h"
#include "cli/request/help.h"
#include "cli/request/mistakes.h"
#include "cli/request/version.h"
#include "cli/steps/overdue.h"
#include "cli/steps/requests.h"
#include "cli/verbs/verbs.h"
#include "host/access/local_host.h"
#include "host/access/recorded_host.h"
#include "host/facts/collect.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <span>
#include <utility>

namespace tuner {
namespace {

using Clock = std::chrono::system_clock;

struct CommandLine {
  Options options;
  const Verb* verb = nullptr;
  bool lines = false;                      // the verb prints documents of one line each
  std::optional<Error> invalid_word = {};  // of an option
};

// CLI11 finds the words; the row reads them, so each message is ours.
void add_option(CLI::App& app, const OptionRow& row, CommandLine& line) {
  const std::string names(row.names);
  const std::string doc(row.doc);
  if (row.value.flag != nullptr) {
    app.add_flag(names, row.value.flag(line.options), doc);
    return;
  }
  const auto read = [&line, row](const std::string& word) {
    auto value = read_option(row, word, line.options);
    if (value) return;
    line.invalid_word = value.error();
    throw CLI::ValidationError(value.error().text);
  };
  CLI::Option* option =
      row.value.repeatable
          ? app.add_option_function<std::vector<std::string>>(
                   names, [read](const auto& all) { std::ranges::for_each(all, read); }, doc)
                ->allow_extra_args(false)
                ->delimiter(',')
          : app.add_option_function<std::string>(names, read, doc);
  option->type_name(std::string(row.argument));
}

using Words = std::span<const std::string>;

bool is_among(Words words, std::string_view name) {
  return std::ranges::any_of(words, [&](std::string_view word) { return word == name; });
}

// Describing one option costs more than reading a setting. If the name of a verb is among the
// words, no other verb can be the asked one, and only its options can be needed.
std::vector<const Verb*> possible_verbs(Words words) {
  std::vector<const Verb*> named;
  const bool help = is_among(words, "--help") || is_among(words, "-h");
  for (const std::string& word : words) {
    const Verb* const verb = help ? nullptr : find_verb(word);
    if (verb != nullptr && std::ranges::count(named, verb) == 0) named.push_back(verb);
  }
  if (!named.empty()) return named;
  std::vector<const Verb*> all;
  for (const Verb& verb : verbs()) all.push_back(&verb);
  return all;
}

// Named: only the options that are among the words, which is enough if the words are right. All:
// for help and for messages, which list and compare the others.
enum class Describe { Named, All };

// `--only=x` and `-px` name an option, too. Several short options in one word: all short ones may
// be meant.
bool is_named(Words words, const OptionRow& row) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    if (!word.starts_with('-')) return false;
    if (!word.starts_with("--")) return !row.names.starts_with("--");
    return std::ranges::count(split(row.names, ','), word.substr(0, word.find('='))) > 0;
  });
}

void describe(CLI::App& app, Words words, Describe which, CommandLine& line) {
  const auto is_needed = [&](const OptionRow& row) {
    return which == Describe::All || is_named(words, row);
  };
  app.set_version_flag("--version", fmt::format("ktls-tuner {}", kVersion));
  app.require_subcommand(1);
  app.fallthrough();
  for (const OptionRow& row : global_options())
    if (is_needed(row)) add_option(app, row, line);
  for (const Verb* verb : possible_verbs(words)) {
    CLI::App* command = app.add_subcommand(std::string(verb->name), std::string(verb->summary));
    // Global options may stand behind the verb as well.
    command->fallthrough();
    if (verb->internal) command->group("");
    for (const OptionRow& row : verb->options)
      if (is_needed(row)) add_option(*command, row, line);
    if (!verb->words.empty())
      command->add_option("words", line.options.words, std::string(verb->words));
    command->callback([&line, verb] {
      line.verb = verb;
      line.lines = verb->lines;
    });
  }
}

void print_problems(const Answer& answer, const Host* host) {
  std::string problems = host == nullptr ? std::string() : failed_reads_text(host->reads());
  for (const Diagnostic& diagnostic : answer.diagnostics) problems += to_text(diagnostic) + '\n';
  for (const Error& error : answer.errors) problems += error_text(error);
  problems = fitted_messages(for_terminal(problems, false));
  std::cerr << (goes_to_log(STDERR_FILENO) ? with_priority(Priority::Error, problems) : problems);
}

// Text of a result is printed while the verb runs. With --json nothing was printed before, so the
// document is all of stdout, also for a usage error.
int print(Answer answer, const CommandLine& line, const Host* host, Clock::time_point started) {
  if (!line.options.json) {
    print_problems(answer, host);
    return static_cast<int>(answer.exit_code);
  }
  const Occasion occasion{
      .kind = line.verb == nullptr ? "error" : line.verb->name,
      .host = host == nullptr ? collect_identity(local_host()) : collect_identity(*host),
      .started_at = started,
      .duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started)};
  if (answer.printed) return static_cast<int>(answer.exit_code);
  if (host != nullptr) add_failed_reads(host->reads(), answer);
  std::cout << (line.lines ? document_line(occasion, answer) : document_text(occasion, answer));
  return static_cast<int>(answer.exit_code);
}

// Each line begins where the one before ended, and is flushed: a reader must not wait for the next.
std::function<bool(Answer)> line_printer(const Host& host, std::string_view kind) {
  const HostIdentity identity = collect_identity(host);
  return [identity, kind, started = Clock::now()](const Answer& answer) mutable {
    const auto now = Clock::now();
    const Occasion occasion{
        .kind = kind,
        .host = identity,
        .started_at = started,
        .duration = std::chrono::duration_cast<std::chrono::milliseconds>(now - started)};
    started = now;
    std::cout << document_line(occasion, answer) << std::flush;
    return std::cout.good();
  };
}

Result<Host> open_host(const Options& options) {
  if (options.root.empty()) return local_host();
  return recorded_host(options.root);
}

// The long names of the global options in the command line.
std::vector<std::string_view> given_options(const CLI::App& app) {
  std::vector<std::string_view> given;
  for (const OptionRow& row : global_options()) {
    const std::string_view name = row.names.substr(row.names.find("--"));
    // An option that is not among the words was not described.
    const CLI::Option* const option = app.get_option_no_throw(std::string(name));
    if (option != nullptr && option->count() > 0) given.push_back(name);
  }
  return given;
}

int dispatch(const CommandLine& line, const CLI::App& app) {
  const auto started = Clock::now();
  const Options& options = line.options;
  // A recorded machine is read-only by type; this refusal names the verb and comes before any look.
  if (line.verb->writes && !options.root.empty()) {
    return print(
        failure(ExitCode::Usage,
                {.fault = Fault::Invalid,
                 .text = fmt::format("{} writes, and a recorded machine (--root) is read-only",
                                     line.verb->name),
                 .hint = "plan, check, facts and profile work on a recorded machine"}),
        line, nullptr, started);
  }
  if (auto unused = unused_option(*line.verb, options.words, given_options(app)))
    return print(failure(ExitCode::Usage, std::move(*unused)), line, nullptr, started);
  const auto task = line.verb->prepare(options);
  if (!task) return print(failure(ExitCode::Usage, task.error()), line, nullptr, started);
  // `apply | head -1`: SIGPIPE must not end a run between two writes.
  if (line.verb->writes) std::signal(SIGPIPE, SIG_IGN);
  auto host = open_host(options);
  if (!host) return print(failure(ExitCode::DataUnusable, host.error()), line, nullptr, started);
  const Terminal terminal(options.json, options.quiet,
                          display_for(output_of(STDOUT_FILENO), options.color));
  const bool only_reads = !line.verb->writes && !options.job && !options.repair;
  const auto store = local_state_store(
      options.root, options.root.empty() ? StateOwner::ThisMachine : StateOwner::Recorded,
      only_reads ? StateFolders::KeptOpen : StateFolders::OpenedEachTime);
  // A rollback has no time limit. The limit applies to verbs that only read; write_plan() sets it
  // for an apply until its first write.
  if (!line.verb->writes) host->limit_reads(options.timeout);
  Context context{.verb = line.verb->name,
                  .options = options,
                  .host = *host,
                  .store = *store,
                  .terminal = terminal};
  // Before the verb opens its session, so that the verb sees the machine without the overdue run.
  if (options.root.empty() && undoes_overdue(*line.verb, options))
    undo_overdue(context, *line.verb, lock_wait(options));
  if (line.lines) context.print_line = line_printer(*host, context.verb);
  return print((*task)(context), line, &*host, started);
}

const Verb* verb_in(const CLI::App& app) {
  const auto taken = app.get_subcommands();
  if (taken.empty()) return nullptr;
  return find_verb(taken.front()->get_name());
}

Error usage_error(const CLI::App& app, const CLI::ParseError& error, const CommandLine& line) {
  const Verb* const verb = verb_in(app);
  const auto untaken = app.remaining(true);
  // CLI11 only reports that a subcommand is required, even if an unknown word was given.
  if (!untaken.empty())
    return untaken_error(
        verbs(),
        {.verb = verb, .word = untaken.front(), .has_profile = !line.options.profile.empty()});
  const bool no_verb = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const std::string text = no_verb ? "no verb is given" : error.what();
  if (line.invalid_word && !line.invalid_word->hint.empty()) return *line.invalid_word;
  return {.fault = Fault::Invalid,
          .text = text,
          .hint = value_hint(text, verb).value_or(help_hint(verb))};
}

// `help [VERB [ACTION]]` and `version` are other words for --help and --version.
std::vector<std::string> command_words(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) return words;
  if (words.front() == "version") words.front() = "--version";
  if (words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  return words;
}

// nullopt: a verb was asked for that there is not.
std::optional<std::string> help_page(const CLI::App& app, const Options& options) {
  const Display display = display_for(output_of(STDOUT_FILENO), options.color);
  const Verb* const verb = verb_in(app);
  if (verb == nullptr && !app.remaining(true).empty()) return std::nullopt;
  if (verb == nullptr) return program_help(verbs(), display);
  const VerbAction* const action =
      options.words.empty() ? nullptr : find_action(*verb, options.words.front());
  return action == nullptr ? verb_help(*verb, display) : action_help(*verb, *action, display);
}

// A result that was not written completely is a failure: a truncated report on a full disk would
// look complete.
int after_output(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  std::cerr << error_text(
      {.fault = Fault::Io, .text = "the result could not be written to stdout", .hint = {}});
  return static_cast<int>(worst(static_cast<ExitCode>(code), ExitCode::Failed));
}

Answer bug(std::string_view what) {
  return failure(ExitCode::Bug, {.fault = Fault::Internal,
                                 .text = fmt::format("a bug in ktls-tuner: {}", what),
                                 .hint = "please report it with the command and its output"});
}

// nullopt: help was asked for, or the words are refused, and not all options are described.
// `command`: the words behind "--" of a verb that takes a command.
std::optional<int> run(Words words, Words command, Describe which) {
  CommandLine line;
  line.options.command.assign(command.begin(), command.end());
  CLI::App app;
  describe(app, words, which, line);
  const auto refuse = [&](const CLI::ParseError& error) {
    line.options.json = is_among(words, "--json");
    line.lines = verb_in(app) != nullptr && verb_in(app)->lines;
    line.verb = nullptr;
    return print(failure(ExitCode::Usage, usage_error(app, error, line)), line, nullptr,
                 Clock::now());
  };
  try {
    // CLI11 takes them in reverse.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    return dispatch(line, app);
  } catch (const CLI::CallForHelp& asked) {
    if (which == Describe::Named) return std::nullopt;
    const auto page = help_page(app, line.options);
    if (!page) return refuse(asked);
    std::cout << for_terminal(*page, true);
    return static_cast<int>(ExitCode::Ok);
  } catch (const CLI::Success& version) {
    return app.exit(version);
  } catch (const CLI::ParseError& error) {
    if (which == Describe::Named) return std::nullopt;
    return refuse(error);
  } catch (const std::exception& error) {
    return print(bug(error.what()), line, nullptr, Clock::now());
  }
}

// What stands behind the first "--" is the command's, also if it looks like an option of ours.
std::pair<Words, Words> split_command(Words words) {
  const auto marker = std::ranges::find(words, "--");
  const bool takes_command = std::any_of(words.begin(), marker, [](const std::string& word) {
    const Verb* const verb = find_verb(word);
    return verb != nullptr && verb->takes_command;
  });
  if (!takes_command || marker == words.end()) return {words, {}};
  const auto count = static_cast<std::size_t>(marker - words.begin());
  return {words.first(count), words.subspan(count + 1)};
}

int run(Words all) {
  const auto [words, command] = split_command(all);
  if (const auto code = run(words, command, Describe::Named)) return *code;
  return run(words, command, Describe::All).value_or(static_cast<int>(ExitCode::Bug));
}

// open() returns the lowest free descriptor: after `apply >&-` the lock file would become stdout,
// and the result would be written into it. /dev/null is opened read-only, so that a write to a
// closed stdout fails and sets the exit code.
bool open_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // Not for the command that `run` becomes: it begins with what the caller has left open.
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY | O_CLOEXEC) != fd) return false;
  }
  return true;
}

}  // namespace
}  // namespace tuner

int main(int argc, char** argv) {
  if (!tuner::open_standard_streams()) return static_cast<int>(tuner::ExitCode::Failed);
  try {
    return tuner::after_output(tuner::run(tuner::command_words(argc, argv)));
  } catch (...) {  // printing the error failed
    return static_cast<int>(tuner::ExitCode::Bug);
  }
}
