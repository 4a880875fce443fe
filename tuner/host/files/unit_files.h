// Reads systemd's unit files as systemd does (systemd.unit(5)), without asking systemd, so also on
// a recorded machine.
#pragma once

#include "host/host.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Appends the ExecStart= commands in the [Service] section of `text` to `commands`. An empty
// ExecStart= clears `commands`. Pure.
void read_exec_start(std::string_view text, std::vector<std::string>& commands);

// As read_exec_start(), for any key of the section [Service] that may stand more than once.
void read_service_key(std::string_view text, std::string_view key,
                      std::vector<std::string>& values);

// The values of such a key of a service, as exec_start(). `without`: also the name of a drop-in in
// any folder.
std::vector<std::string> service_values(const FileTree& files, std::string_view unit,
                                        std::string_view key, std::string_view without);

// The ExecStart= commands of a service: of its unit file and its drop-ins, sorted by name, except
// the drop-in with path `without`. Empty: no such unit file.
std::vector<std::string> exec_start(const FileTree& files, std::string_view unit,
                                    std::string_view without);

}  // namespace tuner
