// The state of a kernel module, determined from files only, without system calls for modules or
// libkmod.
#pragma once

#include "host/host.h"
#include "model/facts.h"

#include <string_view>

namespace tuner {

struct KernelConfig;

// Reads /sys/module, tcp_available_ulp (for "tls"), modules.builtin, modules.dep, modprobe.d,
// kernel.modules_disabled and the kernel's config, in that order, as far as needed. `config`: of
// this kernel, if it was read before.
ModuleFacts module_state(const FileTree& files, std::string_view module,
                         std::string_view kernel_release, const KernelConfig* config = nullptr);

// Whether the kernel can load a module on demand: BuiltIn, Loadable, DenyListed, Locked or Missing,
// from modules.builtin and modules.dep. Unknown: these are missing, truncated or unreadable. Does
// not read /sys/module, so a loaded module is Loadable.
ModuleFacts installed_module(const FileTree& files, std::string_view module,
                             std::string_view kernel_release);

}  // namespace tuner
