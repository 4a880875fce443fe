// systemd's unit files, read as systemd does (systemd.unit(5)), without asking it: also on a
// recorded machine.
#pragma once

#include "host/host.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The [Service] section's ExecStart= lines that count, after those of `text`: an empty one clears
// what came before. Pure.
void read_exec_start(std::string_view text, std::vector<std::string>& commands);

// What starts a service: its unit file, then its drop-ins by name, of which `without` is left out.
// Empty: no such unit file.
std::vector<std::string> exec_start(const FileTree& files, std::string_view unit,
                                    std::string_view without);

}  // namespace tuner
