#include "host/programs/services.h"

#include "base/text.h"
#include "host/files/small_files.h"
#include "host/files/unit_files.h"
#include "host/programs/config_source.h"
#include "host/programs/process.h"
#include "model/known_programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace tuner {
namespace {

constexpr std::array<std::string_view, 4> kUnitFolders{
    "/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"};

// Where the dynamic linker looks by default (ld.so(8)), and Debian's folders of an architecture.
constexpr std::array<std::string_view, 5> kLibraryPatterns{
    "/usr/lib/*-linux-gnu/", "/lib/*-linux-gnu/", "/usr/lib64/", "/usr/lib/", "/usr/local/lib/"};

// "-/usr/sbin/x -D" as systemd has it (systemd.service(5)): the signs before the path, then words.
std::vector<std::string> words_of(std::string_view command) {
  while (!command.empty() && std::string_view("@-:+!").find(command.front()) != std::string::npos)
    command.remove_prefix(1);
  std::vector<std::string> words;
  for (const std::string_view word : split_whitespace(command)) {
    const bool quoted = word.size() >= 2 && word.front() == '"' && word.back() == '"';
    words.emplace_back(quoted ? word.substr(1, word.size() - 2) : word);
  }
  return words;
}

// "OPENSSL_CONF=/x" or "A=b OPENSSL_CONF=/x", each possibly quoted (Environment=).
std::string openssl_conf(const FileTree& files, std::string_view unit) {
  constexpr std::string_view kName = "OPENSSL_CONF=";
  std::string value;
  for (const std::string& line : service_values(files, unit, "Environment", "")) {
    for (const std::string& word : words_of(line)) {
      const std::string_view text = trim(word);
      const auto at = text.find(kName);
      if (at > 1) continue;
      value = text.substr(at + kName.size());
      if (value.ends_with('"') || value.ends_with('\'')) value.pop_back();
    }
  }
  return value;
}

// The files that hand connections to libssl: the executable, and the plugins of a known program.
std::vector<std::string> files_of(const FileTree& files, const std::string& executable,
                                  const KnownProgram* known) {
  std::vector<std::string> all{executable};
  if (known == nullptr) return all;
  for (const std::string_view pattern : known->plugins) {
    for (std::string& path : matching_files(files, pattern)) {
      if (files.exists(path)) all.push_back(std::move(path));
    }
  }
  return all;
}

std::string find_library(const FileTree& files, std::string_view name) {
  for (const std::string_view folder : kLibraryPatterns) {
    for (std::string& path : matching_files(files, fmt::format("{}{}", folder, name))) {
      if (files.exists(path)) return std::move(path);
    }
  }
  return {};
}

// Adds the libraries that a file needs; returns OPENSSLDIR.
std::string add_libraries(const FileTree& files, ProgramFiles& program_files,
                          const std::vector<std::string>& needed, Program& program) {
  std::string folder;
  for (const std::string& name : needed) {
    const auto kind = tls_library(name);
    if (!kind || name.starts_with("libcrypto")) continue;
    ProgramLibrary library{.kind = *kind, .path = find_library(files, name), .version = {}};
    if (*kind == TlsLibrary::OpenSsl && !library.path.empty()) {
      // libcrypto of the same release stands beside libssl.
      std::string crypto = library.path;
      crypto.replace(crypto.rfind("libssl"), 6, "libcrypto");
      if (const auto& text = program_files.text(crypto, crypto)) {
        library.version = text->version;
        folder = text->openssl_dir;
      } else {
        program.doubts.push_back(text.error().text);
      }
    }
    program.libraries.push_back(std::move(library));
  }
  return folder;
}

std::optional<Program> program_of(const FileTree& files, ProgramFiles& program_files,
                                  const std::string& unit) {
  const auto commands = exec_start(files, unit, "");
  if (commands.empty()) return std::nullopt;
  const auto words = words_of(commands.front());
  if (words.empty() || !words.front().starts_with('/')) return std::nullopt;
  Program program{.name = std::string(base_name(words.front())),
                  .service = unit,
                  .executable = words.front(),
                  .at_boot = true};
  std::string openssl_dir;
  std::vector<TlsTransport> transports;
  for (const std::string& path : files_of(files, words.front(), known_program(program.name))) {
    const auto& links = program_files.links(path, path);
    if (!links) {
      if (!is_absent(links.error()) && links.error().fault != Fault::Invalid)
        program.doubts.push_back(links.error().text);
      continue;
    }
    transports.push_back(links->transport);
    const std::string folder = add_libraries(files, program_files, links->needed, program);
    if (!folder.empty()) openssl_dir = folder;
  }
  if (program.libraries.empty()) return std::nullopt;
  program.transport = combined(transports);
  add_configuration(files, words, openssl_conf(files, unit), openssl_dir, program);
  return program;
}

}  // namespace

std::vector<std::string> units_at_boot(const FileTree& files,
                                       std::vector<std::string>& not_looked_at) {
  std::set<std::string> units;
  const auto list = [&](const std::string& path) {
    const auto names = files.list(path);
    if (!names && !is_absent(names.error())) not_looked_at.push_back(names.error().text);
    return names.value_or(std::vector<std::string>());
  };
  for (const std::string_view folder : kUnitFolders) {
    for (const std::string& target : list(std::string(folder))) {
      if (!target.ends_with(".wants") && !target.ends_with(".requires")) continue;
      for (const std::string& unit : list(fmt::format("{}/{}", folder, target))) {
        if (unit.ends_with(".service")) units.insert(unit);
      }
    }
  }
  return {units.begin(), units.end()};
}

std::vector<Program> tls_services(const FileTree& files, ProgramFiles& program_files,
                                  const std::vector<std::string>& units) {
  std::vector<Program> programs;
  for (const std::string& unit : units) {
    if (auto program = program_of(files, program_files, unit))
      programs.push_back(std::move(*program));
  }
  return programs;
}

}  // namespace tuner
