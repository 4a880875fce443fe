#include "probe/starttls.h"

#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

tl::unexpected<Error> refused(std::string_view text) {
  return fail(Fault::Refused, fmt::format("the server does not begin TLS: {}", in_quotes(text)));
}

tl::unexpected<Error> other_protocol(Starttls protocol, std::string_view text) {
  return fail(Fault::Io,
              fmt::format("this is not {}: the server says {}", word_of(protocol), in_quotes(text)),
              "look at the port and at --starttls; without --starttls TLS begins at once");
}

// "250-STARTTLS": a code of three digits, and whether further lines follow (RFC 5321, 4.2.1).
struct SmtpReply {
  std::string_view code;
  std::string_view text;
  bool last = true;
};

std::optional<SmtpReply> smtp_reply(std::string_view line) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), is_digit)) return std::nullopt;
  if (line.size() == 3) return SmtpReply{.code = line, .text = {}};
  if (line[3] != ' ' && line[3] != '-') return std::nullopt;
  return SmtpReply{.code = line.substr(0, 3), .text = line.substr(4), .last = line[3] == ' '};
}

// SSLRequest: its length and the code 1234 5679 (PostgreSQL, "Message Formats").
constexpr std::string_view kSslRequest("\x00\x00\x00\x08\x04\xd2\x16\x2f", 8);

}  // namespace

StarttlsTurn StarttlsDialog::begin() const {
  if (protocol_ == Starttls::Postgres) return {.send = std::string(kSslRequest)};
  return {};
}

Result<StarttlsTurn> StarttlsDialog::take(std::string_view bytes) {
  received_ += bytes.size();
  if (received_ > kLongestDialog) {
    return fail(Fault::TooLarge,
                fmt::format("the server sent more than {} bytes before TLS", kLongestDialog));
  }
  if (protocol_ == Starttls::Postgres) return postgres(bytes);
  buffer_ += bytes;
  StarttlsTurn turn;
  for (auto end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
    std::string text = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (text.ends_with('\r')) text.pop_back();
    turn = TRY(line(text));
    if (!turn.send.empty() || turn.ready) break;
  }
  if (buffer_.size() > kLongestDialogLine) {
    return fail(Fault::TooLarge,
                fmt::format("the server sent a line of more than {} bytes", kLongestDialogLine));
  }
  // Text that is left here would be taken for an answer under TLS, and an attacker on the way can
  // put it there.
  if (!buffer_.empty() && (turn.ready || !turn.send.empty())) {
    return fail(Fault::Io, fmt::format("the server sent plain text that was not asked for: {}",
                                       in_quotes(buffer_)));
  }
  return turn;
}

Result<StarttlsTurn> StarttlsDialog::line(std::string_view text) {
  return protocol_ == Starttls::Smtp ? smtp(text) : imap(text);
}

Result<StarttlsTurn> StarttlsDialog::smtp(std::string_view text) {
  const auto reply = smtp_reply(text);
  if (!reply) return other_protocol(protocol_, text);
  const std::string_view wanted = state_ == State::Hello ? "250" : "220";
  if (reply->code != wanted) return refused(text);
  // Keywords are compared without case (RFC 5321, 4.1.1.1).
  if (state_ == State::Hello && equals_ignoring_case(reply->text, "STARTTLS")) offered_ = true;
  if (!reply->last) return StarttlsTurn{};
  switch (state_) {
    case State::Greeting:
      state_ = State::Hello;
      // A name that belongs to none (RFC 6761): the server need not learn this host's.
      return StarttlsTurn{.send = "EHLO ktls-tuner.invalid\r\n"};
    case State::Hello:
      if (!offered_) return fail(Fault::Refused, "the server does not offer STARTTLS");
      state_ = State::Consent;
      return StarttlsTurn{.send = "STARTTLS\r\n"};
    case State::Consent: break;
  }
  return StarttlsTurn{.ready = true};
}

Result<StarttlsTurn> StarttlsDialog::imap(std::string_view text) {
  const auto begins = [&](std::string_view word) {
    return text.size() >= word.size() && equals_ignoring_case(text.substr(0, word.size()), word);
  };
  if (state_ == State::Greeting) {
    // PREAUTH: STARTTLS is a command of the state before authentication (RFC 3501, 6.2.1).
    if (begins("* PREAUTH") || begins("* BYE")) return refused(text);
    if (!begins("* OK")) return other_protocol(protocol_, text);
    state_ = State::Consent;
    return StarttlsTurn{.send = "k1 STARTTLS\r\n"};
  }
  if (begins("* BYE")) return refused(text);
  // Untagged responses may come at any time (RFC 3501, 7).
  if (begins("* ")) return StarttlsTurn{};
  if (begins("k1 NO") || begins("k1 BAD")) return refused(text);
  if (!begins("k1 OK")) return other_protocol(protocol_, text);
  return StarttlsTurn{.ready = true};
}

// One byte. 'E' begins an error of a server that does not know the request.
Result<StarttlsTurn> StarttlsDialog::postgres(std::string_view bytes) {
  if (bytes.empty()) return StarttlsTurn{};
  if (bytes.front() == 'N') return fail(Fault::Refused, "the server has TLS switched off");
  if (bytes.front() == 'E') return refused(bytes);
  if (bytes.front() != 'S') return other_protocol(protocol_, bytes);
  // More than the one byte may be an attacker's, as in CVE-2021-23222 of libpq.
  if (bytes.size() == 1) return StarttlsTurn{.ready = true};
  return fail(Fault::Io, fmt::format("the server sent plain text that was not asked for: {}",
                                     in_quotes(bytes.substr(1))));
}

}  // namespace tuner
