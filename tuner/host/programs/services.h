// Services that the next boot starts and that speak TLS, found from unit files and the files of
// their programs. systemd is not asked, so a recorded machine has them too.
#pragma once

#include "host/host.h"
#include "host/programs/program_files.h"
#include "model/programs/programs.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The services that a target or one of these services wants or requires: the links in systemd's
// *.wants and *.requires folders; also those of sockets that it wants. Sorted. A folder that cannot
// be read is named in `not_looked_at`.
std::vector<std::string> units_at_boot(const FileTree& files,
                                       std::vector<std::string>& not_looked_at);

// OPENSSL_CONF in the environment that a unit gives its service: Environment=, or EnvironmentFile=,
// which wins. "": it sets none. An EnvironmentFile= that exists and cannot be read is a doubt.
std::string openssl_conf_of_unit(const FileTree& files, std::string_view unit,
                                 std::vector<std::string>& doubts);

// The program of one unit as its next start would run it, without processes. nullopt: its first
// command is no program of this host, or has no TLS. `without`: a drop-in whose OPENSSL_CONF does
// not count, as of ServiceUnit::values().
std::optional<Program> program_of_unit(const FileTree& files, ProgramFiles& program_files,
                                       const std::string& unit, std::string_view without = "");

// The programs of those units, without processes. Only the first command of a unit is looked at; a
// script that starts another program hides it, unless known_programs() has the script.
std::vector<Program> tls_services(const FileTree& files, ProgramFiles& program_files,
                                  const std::vector<std::string>& units);

}  // namespace tuner
