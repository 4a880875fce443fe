// Where the administrator said that a module must not be loaded.
#pragma once

#include "host/host.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// "blacklist tls", or "install tls /bin/false" (or true), in modprobe.d(5), or a deny-list on the
// kernel's command line. The evidence: "/etc/modprobe.d/x.conf:3: blacklist tls". Nothing: nobody
// denies it.
std::optional<std::string> find_denial(const FileTree& files, std::string_view module);

// One modprobe.d file; the line number and text of the first line that denies the module.
std::optional<std::string> denial_in(std::string_view config, std::string_view module);

// Module names are the same whether written with '-' or with '_'.
bool same_module(std::string_view a, std::string_view b);

}  // namespace tuner
