#include "cli/output/text_sink.h"

#include "cli/output/table.h"
#include "model/utf8.h"

namespace tuner {

// The last step before a terminal, for text that no table has escaped: an escape sequence in the
// name of an interface could otherwise rewrite what was shown before.
std::string for_terminal(std::string_view text, bool color) {
  return escape_controls(text, [&](std::string_view rest) {
    if (rest.front() == '\n' || rest.front() == '\t') return std::size_t{1};
    return color ? tint_length(rest) : std::size_t{0};
  });
}

}  // namespace tuner
