#include "cli/request/verb.h"

#include "cli/output/text_sink.h"
#include "document/envelope.h"

#include <cstdio>

namespace tuner {

// Defined here, so that the header does not need the documents.
Answer::Answer() : body(std::make_unique<document::Body>()) {}
Answer::~Answer() = default;
Answer::Answer(Answer&&) noexcept = default;
Answer& Answer::operator=(Answer&&) noexcept = default;

Answer failure(ExitCode code, Error error) {
  Answer answer;
  answer.exit_code = code;
  answer.errors.push_back(std::move(error));
  return answer;
}

Answer failure(const Error& error) {
  return failure(exit_code_of(error.fault), error);
}

// Flushed at once: an apply prints each step when it is done, and its lines must stand in order
// with those on stderr.
void Terminal::result(std::string_view text) const {
  if (json_) return;
  const std::string shown = for_terminal(text, color());
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
}

void Terminal::talk(std::string_view text) const {
  if (quiet_) return;
  const std::string shown = fitted_messages(text_line("{}", text));
  std::fwrite(shown.data(), 1, shown.size(), stderr);
}

}  // namespace tuner
