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
#include <map>
#include <optional>
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

constexpr std::string_view kOpensslConf = "OPENSSL_CONF=";

// "OPENSSL_CONF=/x" or "A=b OPENSSL_CONF=/x", each possibly quoted (Environment=).
void take_environment(std::string_view line, std::string& value) {
  for (const std::string& word : words_of(line)) {
    const std::string_view text = trim(word);
    const auto at = text.find(kOpensslConf);
    if (at > 1) continue;
    value = text.substr(at + kOpensslConf.size());
    if (value.starts_with('"') || value.starts_with('\'')) value.erase(0, 1);
    if (value.ends_with('"') || value.ends_with('\'')) value.pop_back();
  }
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

constexpr std::size_t kMostLibraries = 500;  // of one program

// A program on disk: its files, as the dynamic linker would find them.
class Service {
 public:
  Service(const FileTree& files, ProgramFiles& program_files, const std::string& unit)
      : files_(files), program_files_(program_files), unit_(unit) {}

  std::optional<Program> look() {
    const auto commands = exec_start(files_, unit_, "");
    if (commands.empty()) return std::nullopt;
    const auto words = words_of(commands.front());
    if (words.empty() || !words.front().starts_with('/')) return std::nullopt;
    program_.name = base_name(words.front());
    program_.service = unit_;
    program_.executable = words.front();
    program_.at_boot = true;
    add_linked(files_of(files_, words.front(), known_program(program_.name)));
    if (program_.libraries.empty()) add_built_in();
    if (program_.libraries.empty()) return std::nullopt;
    program_.transport = combined(transports_);
    add_configuration(files_, words, openssl_conf_of_unit(files_, unit_), openssl_dir_, program_);
    return std::move(program_);
  }

 private:
  // The files and every library that they need, each once.
  void add_linked(std::vector<std::string> paths) {
    std::set<std::string> known(paths.begin(), paths.end());
    for (std::size_t i = 0; i < paths.size() && i < kMostLibraries; ++i) {
      const auto& links = program_files_.links(paths[i], paths[i]);
      if (!links) {
        if (!is_absent(links.error()) && links.error().fault != Fault::Invalid)
          program_.doubts.push_back(links.error().text);
        continue;
      }
      transports_.push_back(links->transport);
      for (const std::string& name : links->needed) {
        const std::string path = library(name);
        if (path.empty() || !known.insert(path).second) continue;
        if (const auto kind = tls_library(name))
          add_library(name, *kind, path);
        else
          paths.push_back(path);
      }
    }
  }

  std::string library(const std::string& name) {
    const auto found = places_.find(name);
    if (found != places_.end()) return found->second;
    return places_.emplace(name, find_library(files_, name)).first->second;
  }

  // The version of OpenSSL stands in libcrypto, which lies beside libssl.
  void add_library(const std::string& name, TlsLibrary kind, const std::string& path) {
    if (name.starts_with("libcrypto")) return;
    ProgramLibrary library{.kind = kind, .path = path, .version = {}};
    if (name.starts_with("libssl.")) {
      std::string crypto = path;
      crypto.replace(crypto.rfind("libssl"), 6, "libcrypto");
      if (const auto& text = program_files_.text(crypto, crypto)) {
        library.version = text->version;
        openssl_dir_ = text->openssl_dir;
      } else {
        program_.doubts.push_back(text.error().text);
      }
    }
    program_.libraries.push_back(std::move(library));
  }

  void add_built_in() {
    const auto& found = program_files_.built_in(program_.executable, program_.executable);
    if (!found || !*found) return;
    program_.libraries.push_back({.kind = (*found)->kind,
                                  .path = program_.executable,
                                  .version = (*found)->version,
                                  .built_in = true});
    openssl_dir_ = (*found)->openssl_dir;
  }

  const FileTree& files_;
  ProgramFiles& program_files_;
  const std::string& unit_;
  Program program_;
  std::string openssl_dir_;
  std::vector<TlsTransport> transports_;
  std::map<std::string, std::string> places_;
};

}  // namespace

std::string openssl_conf_of_unit(const FileTree& files, std::string_view unit) {
  std::string value;
  for (const std::string& line : service_values(files, unit, "Environment", ""))
    take_environment(line, value);
  for (const std::string& path : service_values(files, unit, "EnvironmentFile", "")) {
    const auto text = files.read(path.starts_with('-') ? path.substr(1) : path);
    if (!text) continue;
    for (const std::string_view line : lines(*text)) {
      if (trim(line).starts_with(kOpensslConf)) take_environment(trim(line), value);
    }
  }
  return value;
}

std::vector<std::string> units_at_boot(const FileTree& files,
                                       std::vector<std::string>& not_looked_at) {
  std::set<std::string> units;
  bool recorded = true;
  const auto list = [&](const std::string& path) {
    const auto names = files.list(path);
    if (!names && names.error().fault == Fault::NotRecorded)
      recorded = false;
    else if (!names && !is_absent(names.error()))
      not_looked_at.push_back(names.error().text);
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
  if (!recorded)
    not_looked_at.emplace_back(
        "services that start at boot were not looked at: the recording does not have them");
  return {units.begin(), units.end()};
}

std::vector<Program> tls_services(const FileTree& files, ProgramFiles& program_files,
                                  const std::vector<std::string>& units) {
  std::vector<Program> programs;
  for (const std::string& unit : units) {
    if (auto program = Service(files, program_files, unit).look())
      programs.push_back(std::move(*program));
  }
  return programs;
}

}  // namespace tuner
