#include "report/markdown_parts.h"

#include "base/text.h"

namespace tuner {

std::string markdown_row(const std::vector<std::string>& cells) {
  return "| " + join(cells, " | ") + " |\n";
}

std::string markdown_head(const std::vector<std::string>& heads) {
  return markdown_row(heads) + markdown_row(std::vector<std::string>(heads.size(), "---"));
}

}  // namespace tuner
