// A page that is refreshed in place on a terminal: each frame is one write over the frame before,
// without clearing the screen, so that nothing flickers. Sequences of ECMA-48 and xterm that every
// terminal of the last decades knows or ignores.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tuner {

struct ScreenSize {
  std::size_t rows = 24;
  std::size_t columns = 80;
};

// Of the terminal behind a stream; the default if it reports none.
ScreenSize screen_size(int stream);

// Whether a page can be refreshed in place: a terminal, whose TERM is neither missing nor "dumb".
bool can_refresh(bool is_terminal, const char* term);

// The bytes of a frame. Text is passed through for_terminal(). What does not fit is left out, and
// the last row says how many lines that are.
std::string screen_frame(std::string_view text, const ScreenSize& size, bool color);

// The terminal's alternate screen on stdout, from construction to destruction: what stood there
// before comes back.
class Screen {
 public:
  Screen();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // False: the terminal takes no more.
  bool show(std::string_view text, bool color);
  // For a program that is stopped and goes on (Ctrl-Z, fg).
  void leave();
  void enter();
};

}  // namespace tuner
