#include "cli/render/failed_reads.h"

#include "cli/render/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::size_t kMostLines = 5;

bool is_not_permitted(const Error& error) {
  return error.fault == Fault::NotPermitted;
}

// One line for all: an ordinary user lacks the same permission for dozens of files.
std::string not_permitted_text(const std::vector<Error>& failures) {
  const auto count = std::ranges::count_if(failures, is_not_permitted);
  if (count == 0) return {};
  const auto first = std::ranges::find_if(failures, is_not_permitted);
  if (count == 1) return warning_text(first->text + "; what depends on it is unknown");
  return warning_text(
      fmt::format("{}, and {} more for lack of permission; what depends on them is unknown",
                  first->text, count - 1));
}

}  // namespace

// The document lists each, for programs. A verb may have reported one as its own error already.
void add_failed_reads(const ReadLog& log, Answer& answer) {
  for (const Error& failure : log.failures()) {
    const auto same = [&](const Error& known) { return known.text == failure.text; };
    if (std::ranges::none_of(answer.errors, same)) answer.errors.push_back(failure);
  }
  if (log.not_kept() == 0) return;
  answer.errors.push_back(
      {.fault = Fault::Io,
       .text = fmt::format("{} more failed reads are not listed", log.not_kept()),
       .hint = {}});
}

std::string failed_reads_text(const ReadLog& log) {
  std::string text = not_permitted_text(log.failures());
  std::size_t others = 0;
  for (const Error& failure : log.failures()) {
    if (!is_not_permitted(failure) && ++others <= kMostLines)
      text += warning_text(failure.text + "; what depends on it is unknown");
  }
  if (others > kMostLines)
    text +=
        warning_text(fmt::format("{} more reads failed; --json lists them", others - kMostLines));
  return text;
}

}  // namespace tuner
