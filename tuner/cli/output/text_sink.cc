#include "cli/output/text_sink.h"

#include "cli/output/table.h"
#include "model/utf8.h"

namespace tuner {

std::string for_terminal(std::string_view text, bool color) {
  return escape_controls(text, [&](std::string_view rest) {
    if (rest.front() == '\n' || rest.front() == '\t') return std::size_t{1};
    return color ? tint_length(rest) : std::size_t{0};
  });
}

}  // namespace tuner
