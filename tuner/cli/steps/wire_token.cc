#include "cli/steps/wire_token.h"

#include "base/interrupted.h"
#include "host/files/secret_file.h"
#include "probe/token.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace tuner {
namespace {

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

Result<std::string> token_by(const NewTokenFile& file) {
  return file_new_token(file.path);
}
Result<std::string> token_by(const TokenFile& file) {
  return token_from(file.path, read_secret_file(file.path));
}
Result<std::string> token_by(const GivenToken& given) {
  return given.token;
}
Result<std::string> token_by(const ShownToken& /*shown*/) {
  return show_new_token();
}

}  // namespace

Result<std::string> file_new_token(const std::string& path) {
  auto token = make_token();
  if (!token) return token;
  if (auto written = write_new_secret_file(path, *token + "\n"); !written) {
    return fail(written.error());
  }
  return token;
}

Result<std::string> token_of(const TokenSource& source) {
  return std::visit([](const auto& one) { return token_by(one); }, source);
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

tl::unexpected<Error> no_token_to_connect() {
  return fail(Fault::Invalid, "--connect needs the listener's token",
              "a listener on a terminal shows one; or make one with ktls-tuner probe --new-token "
              "FILE, and give both ends --token-file FILE or KTLS_TUNER_TOKEN");
}

std::optional<std::string> any_address_warning(const WireEnd& end, std::string_view what,
                                               std::chrono::seconds limit) {
  const auto* const listen = std::get_if<ListenOn>(&end);
  if (listen == nullptr || !is_any_address(listen->place)) return std::nullopt;
  return fmt::format("{} listens on every address of this machine, for {} and at most {} s",
                     to_text(listen->place), what, limit.count());
}

OptionRow token_file_option() {
  return {"--token-file", "FILE",
          "secret of both ends, mode 0600; default: KTLS_TUNER_TOKEN, or a new one that the "
          "listener shows on the terminal",
          into<&Options::token_file>()};
}

}  // namespace tuner
