// Tables in Markdown.
#pragma once

#include <string>
#include <vector>

namespace tuner {

// The cells are Markdown already: pass text of documents through for_markdown().
std::string markdown_row(const std::vector<std::string>& cells);
std::string markdown_head(const std::vector<std::string>& heads);

}  // namespace tuner
