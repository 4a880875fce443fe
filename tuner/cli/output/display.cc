#include "cli/output/display.h"

#include "base/text.h"
#include "cli/output/wrap.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace tuner {
namespace {

// Narrower than this no table is readable; a wrong COLUMNS must not make one word a line.
constexpr std::size_t kNarrowest = 20;

bool wants_color(const Output& output, Coloring when) {
  if (when != Coloring::Auto) return when == Coloring::Always;
  // An empty one counts as none (no-color.org).
  const bool no_color = output.no_color != nullptr && *output.no_color != '\0';
  const bool dumb = output.term != nullptr && std::string_view(output.term) == "dumb";
  return output.is_terminal && !no_color && !dumb;
}

std::size_t width_of(const Output& output) {
  if (!output.is_terminal) return 0;
  const auto asked = output.columns == nullptr ? std::nullopt : parse_integer(output.columns);
  if (asked && *asked > 0) return std::max(kNarrowest, static_cast<std::size_t>(*asked));
  return output.window == 0 ? 0 : std::max(kNarrowest, output.window);
}

}  // namespace

Display display_for(const Output& output, Coloring when) {
  return {.color = wants_color(output, when), .width = width_of(output)};
}

Output output_of(int stream) {
  Output output{.is_terminal = ::isatty(stream) == 1,
                .window = 0,
                .columns = std::getenv("COLUMNS"),
                .no_color = std::getenv("NO_COLOR"),
                .term = std::getenv("TERM")};
  winsize size{};
  if (output.is_terminal && ::ioctl(stream, TIOCGWINSZ, &size) == 0) output.window = size.ws_col;
  return output;
}

std::string fitted_messages(std::string_view messages) {
  return wrapped_messages(messages, width_of(output_of(STDERR_FILENO)));
}

}  // namespace tuner
