// Modules that the administrator forbids to load.
#pragma once

#include "host/host.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// Searches modprobe.d(5) for "blacklist tls" and "install tls /bin/false" (or true), and the
// kernel's command line for a deny list. Returns where: "/etc/modprobe.d/x.conf:3: blacklist tls".
// nullopt: the module is not denied.
std::optional<std::string> find_denial(const FileTree& files, std::string_view module);

// The number and text of the first line of one modprobe.d file that denies the module.
std::optional<std::string> denial_in(std::string_view config, std::string_view module);

// Compares module names; '-' and '_' are equal.
bool same_module(std::string_view a, std::string_view b);

}  // namespace tuner
