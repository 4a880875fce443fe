// The few forms of shell commands in tuning scripts whose effect is plain from their text. Nothing
// is run, and what a shell would compute is not understood. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::importing {

// The words of a simple command, without quotes. nullopt: quotes without an end, or a word that a
// shell would compute ($, backquotes, parentheses).
std::optional<std::vector<std::string>> shell_words(std::string_view line);

struct ShellCommand {
  std::string program;  // without its folder, behind "sudo"
  std::vector<std::string> words;
};
// nullopt: as shell_words(), or an empty line.
std::optional<ShellCommand> shell_command(std::string_view line);

struct ShellWrite {
  std::string path;
  std::string value;
};
// "echo VALUE > PATH", "echo VALUE | sudo tee PATH". nullopt: not such a command.
std::optional<ShellWrite> shell_write(std::string_view line);

}  // namespace tuner::importing
