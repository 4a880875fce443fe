#include "cli/output/screen.h"

#include "base/interrupted.h"
#include "base/text.h"
#include "cli/output/text_sink.h"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <vector>

namespace tuner {
namespace {

// Alternate screen; hidden cursor; a line that is too long ends at the border.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr std::string_view kLeave = "\x1b[?7h\x1b[?25h\x1b[?1049l";
// The terminal shows what is between them at once; terminals without it ignore it.
constexpr std::string_view kBegin = "\x1b[?2026h\x1b[H";
constexpr std::string_view kEnd = "\x1b[J\x1b[?2026l";
constexpr std::string_view kEndOfLine = "\x1b[K";

// Past stdio: a frame must not wait in a buffer, and only whole frames are written.
bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written =
        retry_interrupted([&] { return ::write(STDOUT_FILENO, bytes.data(), bytes.size()); });
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

ScreenSize screen_size(int stream) {
  winsize size{};
  // A pseudo-terminal whose size was never set has 0 rows and columns.
  if (::ioctl(stream, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {.rows = size.ws_row, .columns = size.ws_col};
}

bool can_refresh(bool is_terminal, const char* term) {
  const std::string_view name = term == nullptr ? "" : term;
  return is_terminal && !name.empty() && name != "dumb";
}

std::string screen_frame(std::string_view text, const ScreenSize& size, bool color) {
  const std::string shown = for_terminal(text, color);
  auto all = lines(shown);
  std::string left_out;
  if (all.size() > size.rows) {
    left_out = fmt::format("... {} more lines: a taller window, or --once, shows them",
                           all.size() - size.rows + 1);
    all.resize(size.rows - 1);
    all.emplace_back(left_out);
  }
  std::string frame(kBegin);
  for (std::size_t i = 0; i < all.size(); ++i) {
    // Between lines only: a newline behind the last row of the screen would scroll it.
    if (i > 0) frame += "\r\n";
    frame.append(all[i]).append(kEndOfLine);
  }
  return frame.append(kEnd);
}

Screen::Screen() {
  enter();
}

Screen::~Screen() {
  leave();
}

void Screen::enter() {
  static_cast<void>(write_all(kEnter));
}

void Screen::leave() {
  static_cast<void>(write_all(kLeave));
}

bool Screen::show(std::string_view text, bool color) {
  return write_all(screen_frame(text, screen_size(STDOUT_FILENO), color));
}

}  // namespace tuner
