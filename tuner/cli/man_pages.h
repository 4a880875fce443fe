// The manual pages, as scdoc: verbs, options, exit codes and profile keys are printed from the
// program's own tables.
#pragma once

#include <string>
#include <string_view>

namespace tuner {

std::string program_man_page();  // ktls-tuner(8)
std::string profile_man_page();  // ktls-tuner-profile(5)

// Text with Markdown's code spans and bold, as scdoc: both are bold, and nothing else means
// anything.
std::string to_scdoc(std::string_view text);
// A table of Markdown as scdoc: its columns but the last as terms, that below them.
std::string table_to_scdoc(std::string_view markdown);

}  // namespace tuner
