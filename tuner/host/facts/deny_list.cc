#include "host/facts/deny_list.h"

#include "base/text.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

// In order of priority: a file hides those of the same name in later folders (modprobe.d(5)).
constexpr std::array<std::string_view, 5> kModprobeFolders{
    "/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
    "/lib/modprobe.d"};

// libkmod reads the first option, the kernel the second (kernel/module/main.c).
constexpr std::array<std::string_view, 2> kBootOptions{"modprobe.blacklist=", "module_blacklist="};

char underscored(char c) {
  return c == '-' ? '_' : c;
}

// blacklist tls
// install tls /bin/false
//
// An `install` line replaces the insertion by its command (modprobe.d(5)). Hardening guides write
// /bin/true and /bin/false; any other command may load the module, so it is no denial.
bool denies(std::string_view line, std::string_view module) {
  const auto words = split_whitespace(line);
  if (words.size() < 2 || !same_module(words[1], module)) return false;
  if (words[0] == "blacklist") return true;
  if (words[0] != "install" || words.size() < 3) return false;
  const std::string_view command = base_name(words[2]);
  return command == "false" || command == "true";
}

// BOOT_IMAGE=/vmlinuz root=/dev/sda1 modprobe.blacklist=tls,nouveau quiet
std::optional<std::string> denial_at_boot(const FileTree& files, std::string_view module) {
  const auto command_line = files.read("/proc/cmdline");
  if (!command_line) return std::nullopt;
  for (const std::string_view word : split_whitespace(*command_line)) {
    for (const std::string_view option : kBootOptions) {
      if (!word.starts_with(option)) continue;
      const auto modules = split(word.substr(option.size()), ',');
      if (std::ranges::any_of(modules, [&](auto name) { return same_module(name, module); }))
        return fmt::format("/proc/cmdline: {}", word);
    }
  }
  return std::nullopt;
}

}  // namespace

bool same_module(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, underscored, underscored);
}

std::optional<std::string> denial_in(std::string_view config, std::string_view module) {
  int number = 0;
  int start = 0;
  std::string whole;  // the logical line: a backslash at the end continues it on the next line
  for (const std::string_view line : lines(config)) {
    ++number;
    if (whole.empty()) start = number;
    if (line.ends_with('\\')) {
      whole += fmt::format("{} ", line.substr(0, line.size() - 1));
      continue;
    }
    whole += line;
    if (denies(whole, module)) return fmt::format("{}: {}", start, trim(whole));
    whole.clear();
  }
  return std::nullopt;
}

// Files before the command line: the message can then name a line that is edited without a reboot.
std::optional<std::string> find_denial(const FileTree& files, std::string_view module) {
  for (const auto& [name, path] : configuration_files(files, kModprobeFolders, ".conf")) {
    const auto config = files.read(path);
    if (!config) continue;
    if (const auto line = denial_in(*config, module)) return fmt::format("{}:{}", path, *line);
  }
  return denial_at_boot(files, module);
}

}  // namespace tuner
