#include "knobs/service_state.h"

#include "base/text.h"
#include "host/files/unit_files.h"
#include "host/programs/collect.h"
#include "host/programs/services.h"
#include "knobs/service_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr std::string_view kVariable = "OPENSSL_CONF";

std::string last_value(const ServiceUnit& service, std::string_view key) {
  const auto values = service.values(key);
  return values.empty() ? std::string() : values.back();
}

bool is_yes(std::string_view word) {
  return word == "yes" || word == "true" || word == "on" || word == "1";
}

bool sets_variable(std::string_view text) {
  return std::ranges::any_of(lines(text), [](std::string_view line) {
    return trim(line).starts_with(fmt::format("{}=", kVariable));
  });
}

// EnvironmentFile= wins over Environment=, in whatever order they stand (systemd.exec(5)).
std::optional<Obstacle> environment_obstacle(const FileTree& files, const std::string& unit,
                                             const ServiceUnit& service) {
  for (const std::string& value : service.values("EnvironmentFile")) {
    // A leading "-": the service starts without the file, too (systemd.exec(5)).
    const std::string path = value.starts_with('-') ? value.substr(1) : value;
    const auto text = files.read(path);
    if (!text && is_absent(text.error())) continue;
    if (!text)
      return Obstacle{.reason = fmt::format("whether {} sets {} is not known: {}", path, kVariable,
                                            text.error().text),
                      .hint = "make it readable for this program"};
    if (sets_variable(*text))
      return Obstacle{
          .reason = fmt::format("{} sets {}, and an EnvironmentFile= wins over a drop-in", path,
                                kVariable),
          .hint = fmt::format("remove the line {}= from {}", kVariable, path)};
  }
  for (const std::string& value : service.values("UnsetEnvironment")) {
    const auto words = split_whitespace(value);
    if (std::ranges::any_of(words,
                            [](std::string_view word) { return word.starts_with(kVariable); }))
      return Obstacle{.reason = fmt::format("{} has UnsetEnvironment={}", unit, value),
                      .hint = "remove it with systemctl edit"};
  }
  return std::nullopt;
}

// Another root, or a folder that is not there for the service.
std::optional<Obstacle> root_obstacle(const std::string& unit, const ServiceUnit& service,
                                      const std::string& conf) {
  for (const std::string_view key : {"RootDirectory", "RootImage"}) {
    const std::string value = last_value(service, key);
    if (!value.empty() && value != "/")
      return Obstacle{.reason = fmt::format("{} runs in a root of its own ({}={}), where {} is not",
                                            unit, key, value, conf),
                      .hint = "configure the program in that root"};
  }
  for (const std::string_view key : {"InaccessiblePaths", "TemporaryFileSystem"}) {
    for (const std::string& value : service.values(key)) {
      for (std::string_view path : split_whitespace(value)) {
        // "-" passes over a path that is missing, "+" is relative to the service's root, and behind
        // ":" are options of the mount (systemd.exec(5)).
        while (path.starts_with('-') || path.starts_with('+')) path.remove_prefix(1);
        path = path.substr(0, path.find(':'));
        if (conf == path || conf.starts_with(fmt::format("{}/", path)))
          return Obstacle{
              .reason = fmt::format("{} has {}={}, so it cannot read {}", unit, key, path, conf),
              .hint = "add BindReadOnlyPaths= for the file, or leave ktls out"};
      }
    }
  }
  return std::nullopt;
}

// Whether a rule of an AppArmor profile lets the program read the file: by its own words, not by
// what it includes.
bool may_read(std::string_view profile, std::string_view conf) {
  return std::ranges::any_of(lines(profile), [&](std::string_view line) {
    line = trim(line);
    const auto words = split_whitespace(line);
    if (words.size() < 2 || words.front().starts_with('#')) return false;
    const std::string_view path = words.front();
    const bool reads = words[1].find('r') != std::string_view::npos;
    const auto star = path.find("**");
    return reads && (path == conf ||
                     (star != std::string_view::npos && conf.starts_with(path.substr(0, star))));
  });
}

// A denial is worse than nothing: OpenSSL then runs without any configuration, and says nothing.
std::optional<Obstacle> apparmor_obstacle(const FileTree& files, const Program& program,
                                          const std::string& conf) {
  if (!files.exists("/sys/kernel/security/apparmor")) return std::nullopt;
  // The usual name of a profile's file: usr.sbin.nginx for /usr/sbin/nginx.
  std::string name = program.executable.substr(1);
  std::ranges::replace(name, '/', '.');
  const std::string path = fmt::format("/etc/apparmor.d/{}", name);
  const auto profile = files.read(path);
  if (!profile) return std::nullopt;
  const std::string local = fmt::format("/etc/apparmor.d/local/{}", name);
  const bool only_complains = profile->find("complain") != std::string::npos ||
                              files.exists(fmt::format("/etc/apparmor.d/disable/{}", name));
  if (only_complains || may_read(*profile, conf) || may_read(files.read(local).value_or(""), conf))
    return std::nullopt;
  return Obstacle{
      .reason = fmt::format("its AppArmor profile {} has no rule that lets it read {}, and without "
                            "its file OpenSSL runs without any configuration",
                            path, conf),
      .hint = fmt::format("add \"{} r,\" to {} and run apparmor_parser -r {}", conf, local, path)};
}

// With User= another user starts it than root (secure_getenv(3)).
std::optional<Obstacle> rights_obstacle(const FileTree& files, const ServiceUnit& service,
                                        const Program& program) {
  const std::string user = last_value(service, "User");
  if (user.empty() || user == "root" || user == "0") return std::nullopt;
  if (is_yes(last_value(service, "NoNewPrivileges"))) return std::nullopt;
  const auto gains = files.gives_rights(program.executable);
  if (!gains || !*gains) return std::nullopt;
  return Obstacle{.reason = fmt::format("{} is set-uid or has file capabilities, so its OpenSSL "
                                        "ignores {}",
                                        program.executable, kVariable),
                  .hint = "give the service AmbientCapabilities= instead"};
}

}  // namespace

ServiceState service_state(const FileTree& files, const std::string& unit) {
  ServiceState state{
      .exists = !ServiceUnit::read(files, unit).exec_start().empty(), .program = {}, .use = {}};
  if (!state.exists) return state;
  ProgramFiles program_files(files);
  state.program = program_of_unit(files, program_files, unit, kKtlsDropIn);
  if (state.program) {
    state.use = ktls_use(*state.program, gnutls_asks(files));
  } else {
    state.use = {.answer = KtlsUse::Answer::Never,
                 .because = "no TLS library was found in its program"};
  }
  return state;
}

OptionEffect option_effect(const FileTree& files, const ServiceState& state,
                           const std::string& conf) {
  return effect_of_option(*state.program, conf, gnutls_asks(files), rekey_facts(files));
}

std::optional<Obstacle> conf_obstacle(const FileTree& files, const std::string& unit,
                                      const Program& program, const std::string& conf) {
  const ServiceUnit service = ServiceUnit::read(files, unit);
  if (auto found = environment_obstacle(files, unit, service)) return found;
  if (auto found = root_obstacle(unit, service, conf)) return found;
  if (auto found = rights_obstacle(files, service, program)) return found;
  return apparmor_obstacle(files, program, conf);
}

std::optional<Obstacle> place_obstacle(const FileTree& files, const std::string& unit) {
  const ServiceUnit service = ServiceUnit::read(files, unit);
  for (const std::string_view key : {"CPUAffinity", "NUMAPolicy", "NUMAMask"}) {
    const auto values = service.values(key, kNearDropIn);
    if (values.empty()) continue;
    return Obstacle{
        .reason = fmt::format("{} has {}={} already, by another file", unit, key, values.back()),
        .hint = "remove it, or leave near out of the profile"};
  }
  return std::nullopt;
}

}  // namespace tuner
