// Loading and unloading modules of the running kernel.
#pragma once

#include "host/host.h"

#include <memory>
#include <string_view>

namespace tuner {

// Opens libkmod with the first call: linked in, it would be a third of the start-up time of runs
// that never load a module.
std::unique_ptr<ModulePort> kmod_port();

// What a module may be called, so that no name is taken for a path or an option.
bool is_module_name(std::string_view name);

// What the kernel's answer to init_module(2) or delete_module(2) means.
Error load_error(int errno_value, std::string_view module);
Error unload_error(int errno_value, std::string_view module);

}  // namespace tuner
