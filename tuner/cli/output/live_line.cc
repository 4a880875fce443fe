#include "cli/output/live_line.h"

#include "base/interrupted.h"
#include "cli/output/screen.h"
#include "cli/output/text_sink.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace tuner {
namespace {

// Past stdio, whose buffer stderr has not. A terminal that was closed takes nothing: the run goes
// on.
void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written =
        retry_interrupted([&] { return ::write(STDERR_FILENO, bytes.data(), bytes.size()); });
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

// A program in the background would write into what another one shows.
bool in_foreground() {
  return ::tcgetpgrp(STDERR_FILENO) == ::getpgrp();
}

}  // namespace

LiveLine::LiveLine(bool wanted)
    : possible_(wanted && can_refresh(::isatty(STDERR_FILENO) == 1, std::getenv("TERM"))) {}

LiveLine::~LiveLine() {
  clear();
}

void LiveLine::show(std::string_view text) {
  if (!possible_ || !in_foreground()) return;
  std::string line = for_terminal(text, /*color=*/false);
  // The last column stays free: a terminal may go to the next line when it is written.
  line.resize(std::min(line.size(), screen_size(STDERR_FILENO).columns - 1));
  if (shown_ && line == last_) return;
  write_all("\r" + line + "\x1b[K");
  last_ = std::move(line);
  shown_ = true;
}

void LiveLine::clear() {
  if (shown_ && in_foreground()) write_all("\r\x1b[K");
  shown_ = false;
}

}  // namespace tuner
