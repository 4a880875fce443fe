#include "host/programs/command.h"

#include "base/text.h"
#include "host/files/small_files.h"
#include "host/process/become.h"
#include "host/programs/config_source.h"
#include "host/programs/on_disk.h"
#include "model/programs/known_programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <span>

namespace tuner {
namespace {

// BINPRM_BUF_SIZE in include/uapi/linux/binfmts.h: the kernel reads no more of the first line.
constexpr std::uint64_t kMostOfFirstLine = 256;

std::string first_bytes(const FileTree& files, const std::string& path) {
  const auto bytes = files.bytes(path);
  if (!bytes) return {};
  std::string text(std::min(bytes->size, kMostOfFirstLine), '\0');
  return bytes->read_at(0, std::as_writable_bytes(std::span(text))) ? text : std::string();
}

Result<std::string> resolved(const FileTree& files, const std::string& path) {
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error);
  if (error) return fail(Fault::Io, fmt::format("find {}: {}", path, error.message()));
  return files.resolve(whole.string());
}

// What it may load once a script asks for TLS.
std::vector<std::string> modules_of(const FileTree& files, std::string_view name) {
  std::vector<std::string> found;
  for (const std::string_view pattern : tls_modules(name)) {
    for (std::string& path : matching_files(files, pattern)) {
      if (files.exists(path)) found.push_back(std::move(path));
    }
  }
  return found;
}

}  // namespace

std::optional<std::string> interpreter_of(std::string_view begin) {
  if (!begin.starts_with("#!")) return std::nullopt;
  begin.remove_prefix(2);
  const auto words = split_whitespace(begin.substr(0, begin.find('\n')));
  if (words.empty()) return std::nullopt;
  // "#!/usr/bin/env -S NAME=value python3 -u": options and assignments precede the program
  // (env(1)).
  if (base_name(words.front()) != "env") return std::string(words.front());
  const auto name = std::ranges::find_if(words.begin() + 1, words.end(), [](std::string_view word) {
    return !word.starts_with('-') && word.find('=') == std::string_view::npos;
  });
  return std::string(name == words.end() ? words.front() : *name);
}

Result<CommandLook> look_at_command(const FileTree& files, const std::string& path,
                                    const std::vector<std::string>& arguments,
                                    const std::string& openssl_conf) {
  CommandLook look{.path = path,
                   .executable = TRY(resolved(files, path)),
                   .program = {},
                   .is_static = false,
                   .doubts = {}};
  // The program that speaks TLS for a script is its interpreter.
  if (const auto interpreter = interpreter_of(first_bytes(files, look.executable))) {
    const std::string file = TRY(find_command(*interpreter));
    look.executable = TRY(resolved(files, file));
  }
  auto modules = modules_of(files, base_name(look.executable));
  if (!modules.empty()) look.doubts.emplace_back("whether its script uses TLS is not known");
  ProgramFiles program_files(files);
  look.program = program_on_disk(files, program_files,
                                 {.executable = look.executable,
                                  .arguments = arguments,
                                  .openssl_conf = openssl_conf,
                                  .more_files = std::move(modules)});
  const auto& links = program_files.links(look.executable, look.executable);
  look.is_static = links && links->needed.empty();
  std::ranges::copy(look.doubts, std::back_inserter(look.program.doubts));
  return look;
}

}  // namespace tuner
