// What a service would do at its next start, from unit files and the files of its program; and what
// keeps a drop-in from having an effect. Reads; systemd is not asked.
#pragma once

#include "host/host.h"
#include "model/programs/openssl_option.h"
#include "model/programs/programs.h"

#include <optional>
#include <string>

namespace tuner {

// Without this tool's own drop-ins.
struct ServiceState {
  bool exists = false;             // systemd has a unit of this name that starts a program
  std::optional<Program> program;  // nullopt: no TLS was found in it
  KtlsUse use;                     // of the program; Never without one
};
ServiceState service_state(const FileTree& files, const std::string& unit);

// The effect of the option on it. The program exists.
OptionEffect option_effect(const FileTree& files, const ServiceState& state,
                           const std::string& conf);

struct Obstacle {
  std::string reason;  // a clause
  std::string hint;
};

// Why OPENSSL_CONF=`conf` in a drop-in of the unit would not reach its program, or its file not be
// read. nullopt: nothing was found that tells against it.
std::optional<Obstacle> conf_obstacle(const FileTree& files, const std::string& unit,
                                      const Program& program, const std::string& conf);

// Who else places the service; nullopt: no other file does.
std::optional<Obstacle> place_obstacle(const FileTree& files, const std::string& unit);

}  // namespace tuner
