// How a kernel module stands, told from files alone: no module call, no libkmod.
#pragma once

#include "host/host.h"
#include "model/facts.h"

#include <string_view>

namespace tuner {

// Reads /sys/module, tcp_available_ulp (for "tls"), modules.builtin, modules.dep, modprobe.d,
// kernel.modules_disabled and the kernel's config, in that order, as far as needed.
ModuleFacts module_state(const FileTree& files, std::string_view module,
                         std::string_view kernel_release);

// What the kernel could load by itself: BuiltIn, Loadable, DenyListed, Locked or Missing, told from
// modules.builtin and modules.dep alone. Unknown where these are not there, cut off or not
// readable; never asks /sys/module, so a module that is loaded is Loadable here.
ModuleFacts installed_module(const FileTree& files, std::string_view module,
                             std::string_view kernel_release);

}  // namespace tuner
