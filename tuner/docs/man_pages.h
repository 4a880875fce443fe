// The manual pages, as scdoc. Verbs, options, exit codes and profile keys come from the program's
// tables.
#pragma once

#include <string>
#include <string_view>

namespace tuner {

std::string program_man_page();  // ktls-tuner(8)
std::string profile_man_page();  // ktls-tuner-profile(5)

// Converts text with Markdown code spans and bold to scdoc: both become bold; every other character
// stands for itself.
std::string to_scdoc(std::string_view text);
// Converts Markdown tables to scdoc: the last column becomes the text below the other columns.
std::string table_to_scdoc(std::string_view markdown);

}  // namespace tuner
