// How text is shown: in colour or not, and in how many columns.
#pragma once

#include "base/words.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tuner {

struct Display {
  bool color = false;
  std::size_t width = 0;  // columns; 0: lines are not wrapped
};

// When the output is coloured. Auto: on a terminal, without NO_COLOR, whose TERM is not "dumb".
enum class Coloring { Auto, Always, Never };
template <>
inline constexpr auto kWords<Coloring> = std::to_array<Word<Coloring>>(
    {{Coloring::Auto, "auto"}, {Coloring::Always, "always"}, {Coloring::Never, "never"}});

// What is known of stdout or stderr.
struct Output {
  bool is_terminal = false;
  std::size_t window = 0;          // columns that the terminal reports; 0: it reports none
  const char* columns = nullptr;   // environment: COLUMNS
  const char* no_color = nullptr;  // environment: NO_COLOR
  const char* term = nullptr;      // environment: TERM
};

// Lines are wrapped on a terminal only: a script that filters lines sees each row whole. COLUMNS
// wins over what the terminal reports.
Display display_for(const Output& output, Coloring when);

// Of a stream of this process: STDOUT_FILENO, STDERR_FILENO.
Output output_of(int stream);

// Messages in lines that fit the terminal on stderr.
std::string fitted_messages(std::string_view messages);

}  // namespace tuner
