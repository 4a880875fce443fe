#include "cli/steps/wire_probe.h"

#include "base/interrupted.h"
#include "cli/output/text_sink.h"
#include "cli/steps/offload_look.h"
#include "cli/steps/sync.h"
#include "document/kinds.h"
#include "host/files/secret_file.h"
#include "probe/offload_reasons.h"
#include "probe/token.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace tuner {
namespace {

constexpr std::string_view kTokenHint =
    "a listener on a terminal shows one; or make one with ktls-tuner probe --new-token FILE, and "
    "give both ends --token-file FILE or KTLS_TUNER_TOKEN";

// Parses a token; an error names its source (file or variable).
Result<std::string> token_from(std::string_view source, const Result<std::string>& text) {
  if (!text) return text;
  auto token = parse_token(*text);
  if (!token) token.error().text = fmt::format("{}: {}", source, token.error().text);
  return token;
}

// stderr if it is a terminal, else the controlling terminal. Empty: there is none, and stderr may
// be a log, which would keep the secret.
UniqueFd interactive_terminal() {
  if (::isatty(STDERR_FILENO) == 1) return UniqueFd(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
  return open_fd("/dev/tty", O_WRONLY | O_NOCTTY);
}

// Prints the token also with --quiet: the other end cannot connect without it.
Result<std::string> show_new_token() {
  const UniqueFd terminal = interactive_terminal();
  if (!terminal) {
    return fail(Fault::Invalid, "no terminal to show a new token on, and a log would keep it",
                std::string(kMakeToken));
  }
  auto token = make_token();
  if (!token) return token;
  const auto line = fmt::format("token for the other end (KTLS_TUNER_TOKEN): {}\n", *token);
  if (::write(terminal.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return fail(errno_error(errno, "show the new token on the terminal"));
  }
  return token;
}

Result<std::string> file_new_token(const std::string& path) {
  auto token = make_token();
  if (!token) return token;
  if (auto written = write_new_secret_file(path, *token + "\n"); !written) {
    return fail(written.error());
  }
  return token;
}

Result<std::string> token_of(const NewTokenFile& file) {
  return file_new_token(file.path);
}
Result<std::string> token_of(const TokenFile& file) {
  return token_from(file.path, read_secret_file(file.path));
}
Result<std::string> token_of(const GivenToken& given) {
  return given.token;
}
Result<std::string> token_of(const ShownToken& /*shown*/) {
  return show_new_token();
}

// Warning for a listener on all addresses; printed at once and added to the report.
std::optional<std::string> any_address_warning(const WireEnd& end, std::chrono::seconds limit) {
  const auto* const listen = std::get_if<ListenOn>(&end);
  if (listen == nullptr || !is_any_address(listen->place)) return std::nullopt;
  return fmt::format("{} listens on every address of this machine, for one probe and at most {} s",
                     to_text(listen->place), limit.count());
}

void announce(const Context& context, const WireEnd& end) {
  const std::chrono::seconds limit = context.options.timeout;
  if (const auto warning = any_address_warning(end, limit))
    context.terminal.talk("warning: " + *warning);
  const auto* const connect = std::get_if<ConnectTo>(&end);
  context.terminal.talk(
      connect == nullptr ? fmt::format("probe: waiting for one peer, at most {} s", limit.count())
                         : fmt::format("probe: connecting to {}", to_text(connect->peer)));
}

// A file outweighs the variable, because the operator wrote its name for this run. There is no
// option for the token itself: a command line is visible to every user in /proc.
Result<TokenSource> token_source(const Options& options, const char* variable) {
  if (!options.new_token.empty()) {
    if (options.connect || !options.token_file.empty() || variable != nullptr) {
      return fail(Fault::Invalid, "--new-token is for the listening end, without another token",
                  "make the token at the listening end or beforehand, and give the other end "
                  "--token-file FILE");
    }
    return NewTokenFile{options.new_token};
  }
  if (!options.token_file.empty()) return TokenFile{options.token_file};
  if (variable == nullptr) return ShownToken{};
  return GivenToken{TRY(token_from(kTokenVariable, Result<std::string>(variable)))};
}

}  // namespace

Result<ProbeTask> probe_task(const Options& options, const char* variable) {
  if (options.listen && options.connect) {
    return fail(Fault::Invalid, "--listen and --connect are the two ends of one probe",
                "run one on each host, the listening one first");
  }
  if (options.bytes && options.listen) {
    return fail(Fault::Invalid, "--bytes is for the connecting end, which offers the size",
                "omit it at the listening end");
  }
  if (options.thorough && (options.listen || options.connect || !options.new_token.empty())) {
    return fail(Fault::Invalid, "--thorough is for the probe over loopback",
                "omit --listen, --connect and --new-token");
  }
  if (!options.listen && !options.connect && options.new_token.empty()) {
    if (options.token_file.empty())
      return LoopbackProbe{.bytes_each_way = options.bytes, .thorough = options.thorough};
    return fail(Fault::Invalid, "--token-file is for a probe across the wire",
                "add --listen or --connect");
  }
  TokenSource token = TRY(token_source(options, variable));
  if (!options.listen && !options.connect) return std::get<NewTokenFile>(token);
  if (options.listen) return WireProbe{ListenOn{*options.listen}, std::move(token), std::nullopt};
  if (std::holds_alternative<ShownToken>(token))
    return fail(Fault::Invalid, "--connect needs the listener's token", std::string(kTokenHint));
  return WireProbe{ConnectTo{*options.connect}, std::move(token), options.bytes};
}

Answer make_token_only(const Context& context, const NewTokenFile& file) {
  if (const auto token = file_new_token(file.path); !token) return failure(token.error());
  context.terminal.result(
      text_line("new token in {}: use --token-file {} at both ends", file.path, file.path));
  Answer answer;
  answer.body->keys = document::Token{.token_file = file.path};
  return answer;
}

Proof prove_across_the_wire(Context& context, const Session& session, const WireProbe& probe) {
  Proof proof;
  const auto token = std::visit([](const auto& source) { return token_of(source); }, probe.token);
  if (!token) {
    proof.answer = token.error().fault == Fault::Invalid ? failure(ExitCode::Usage, token.error())
                                                         : failure(token.error());
    return proof;
  }
  announce(context, probe.end);
  const std::vector<WantedOffload> wanted = wanted_offload(look(context, session));
  // Facts on both sides of the probe: a feature that was switched in between explains a path.
  const Facts before = nic_facts(context);
  WireRequest request{.end = probe.end, .token = *token, .time_limit = context.options.timeout};
  request.bytes_each_way = probe.bytes_each_way.value_or(request.bytes_each_way);
  auto report = run_wire_probe(request);
  if (!report) {
    proof.answer = failure(ExitCode::Failed, report.error());
    return proof;
  }
  explain_offload(*report, session.profile,
                  {.before = before, .after = nic_facts(context), .wanted = wanted});
  if (auto warning = any_address_warning(probe.end, context.options.timeout))
    report->warnings.push_back(std::move(*warning));
  return judge_report(context, session.profile, std::move(*report));
}

}  // namespace tuner
