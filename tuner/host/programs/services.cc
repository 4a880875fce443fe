#include "host/programs/services.h"

#include "base/text.h"
#include "host/files/small_files.h"
#include "host/files/unit_files.h"
#include "host/programs/on_disk.h"
#include "model/programs/known_programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

namespace tuner {
namespace {

// The generators' folders have links for what other files name, such as PostgreSQL's clusters.
constexpr std::array<std::string_view, 6> kUnitFolders{
    "/etc/systemd/system",         "/run/systemd/system",     "/run/systemd/generator",
    "/run/systemd/generator.late", "/usr/lib/systemd/system", "/lib/systemd/system"};

// "-/usr/sbin/x -D" as systemd has it (systemd.service(5)): the signs before the path, then words.
std::vector<std::string> command_words(std::string_view command) {
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
// "mail" of "stunnel@mail.service"; "" of a unit that is no instance.
std::string_view instance_of(std::string_view unit) {
  const auto at = unit.find('@');
  const auto dot = unit.rfind('.');
  if (at == std::string_view::npos || dot == std::string_view::npos || dot < at) return {};
  return unit.substr(at + 1, dot - at - 1);
}

// %i and %I stand for the instance (systemd.unit(5)). Escapes in its name are left as they are.
void put_instance(std::string_view instance, std::vector<std::string>& words) {
  for (std::string& word : words) {
    for (const std::string_view specifier : {"%i", "%I"}) {
      if (const auto at = word.find(specifier); at != std::string::npos)
        word.replace(at, specifier.size(), instance);
    }
  }
}

// The executable of a command: the first word, or what a known script starts in its place.
std::string executable_of(const std::string& command, std::string_view instance) {
  const KnownProgram* const known = started_by(base_name(command));
  if (known == nullptr) return command;
  std::string path(known->executable);
  // "15" of Debian's postgresql@15-main stands for the version in the path.
  if (const auto star = path.find('*'); star != std::string::npos)
    path.replace(star, 1, instance.substr(0, instance.find('-')));
  return path;
}

// "OPENSSL_CONF=/x" or "A=b OPENSSL_CONF=/x", each possibly quoted (Environment=).
void take_environment(std::string_view line, std::string& value) {
  for (const std::string& word : command_words(line)) {
    const std::string_view text = trim(word);
    const auto at = text.find(kOpensslConf);
    // 1: behind an opening quote.
    if (at > 1) continue;
    value = text.substr(at + kOpensslConf.size());
    if (value.starts_with('"') || value.starts_with('\'')) value.erase(0, 1);
    if (value.ends_with('"') || value.ends_with('\'')) value.pop_back();
  }
}

// The services that targets want, and those that these want in turn. A socket starts its service at
// the first connection, so that service counts as well.
std::vector<std::string> started(const std::multimap<std::string, std::string>& wanted) {
  constexpr std::string_view kSocket = ".socket";
  std::vector<std::string> open;
  for (const auto& [by, unit] : wanted) {
    if (by.ends_with(".target")) open.push_back(unit);
  }
  std::set<std::string> services;
  while (!open.empty()) {
    std::string unit = std::move(open.back());
    open.pop_back();
    if (unit.ends_with(kSocket)) unit = unit.substr(0, unit.size() - kSocket.size()) + ".service";
    // Each unit once, so that units which want each other end.
    if (!unit.ends_with(".service") || !services.insert(unit).second) continue;
    const auto [first, last] = wanted.equal_range(unit);
    for (auto it = first; it != last; ++it) open.push_back(it->second);
  }
  return {services.begin(), services.end()};
}

std::string openssl_conf_of(const FileTree& files, const ServiceUnit& unit,
                            std::vector<std::string>& doubts, std::string_view without) {
  std::string value;
  for (const std::string& line : unit.values("Environment", without)) take_environment(line, value);
  for (const std::string& path : unit.values("EnvironmentFile", without)) {
    // "-": the file may be missing (systemd.exec(5)).
    const auto text = files.read(path.starts_with('-') ? path.substr(1) : path);
    if (!text) {
      if (!is_absent(text.error())) doubts.push_back(text.error().text);
      continue;
    }
    for (const std::string_view line : lines(*text)) {
      if (trim(line).starts_with(kOpensslConf)) take_environment(trim(line), value);
    }
  }
  return value;
}

}  // namespace

std::optional<Program> program_of_unit(const FileTree& files, ProgramFiles& program_files,
                                       const std::string& unit, std::string_view without) {
  const ServiceUnit service = ServiceUnit::read(files, unit);
  const auto commands = service.exec_start();
  if (commands.empty()) return std::nullopt;
  auto words = command_words(commands.front());
  if (words.empty() || !words.front().starts_with('/')) return std::nullopt;
  put_instance(instance_of(unit), words);
  std::vector<std::string> doubts;
  std::string executable = executable_of(words.front(), instance_of(unit));
  std::string conf = openssl_conf_of(files, service, doubts, without);
  Program program = program_on_disk(files, program_files,
                                    {.executable = std::move(executable),
                                     .arguments = std::move(words),
                                     .openssl_conf = std::move(conf)});
  if (program.libraries.empty()) return std::nullopt;
  program.service = unit;
  program.doubts.insert(program.doubts.begin(), doubts.begin(), doubts.end());
  return program;
}

std::string openssl_conf_of_unit(const FileTree& files, std::string_view unit,
                                 std::vector<std::string>& doubts) {
  return openssl_conf_of(files, ServiceUnit::read(files, unit), doubts, {});
}

std::vector<std::string> units_at_boot(const FileTree& files,
                                       std::vector<std::string>& not_looked_at) {
  std::multimap<std::string, std::string> wanted;  // by the unit that wants it
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
    for (const std::string& name : list(std::string(folder))) {
      // An enabled unit is a link in the folder of the unit that starts it (systemd.unit(5)).
      if (!name.ends_with(".wants") && !name.ends_with(".requires")) continue;
      for (std::string& unit : list(fmt::format("{}/{}", folder, name)))
        wanted.emplace(name.substr(0, name.rfind('.')), std::move(unit));
    }
  }
  if (!recorded)
    not_looked_at.emplace_back(
        "services that start at boot were not looked at: the recording does not have them");
  return started(wanted);
}

std::vector<Program> tls_services(const FileTree& files, ProgramFiles& program_files,
                                  const std::vector<std::string>& units) {
  std::vector<Program> programs;
  for (const std::string& unit : units) {
    if (auto program = program_of_unit(files, program_files, unit)) {
      program->at_boot = true;
      programs.push_back(std::move(*program));
    }
  }
  return programs;
}

}  // namespace tuner
