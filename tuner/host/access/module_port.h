// Loads and unloads modules of the running kernel.
#pragma once

#include "host/host.h"

#include <memory>
#include <string_view>

namespace tuner {

// Opens libkmod (dlopen) with the first call. If it were linked, it would take a third of the
// start-up time of runs that never load a module.
std::unique_ptr<ModulePort> kmod_port();

// The error, with a hint, for an errno of init_module(2) and of delete_module(2).
Error load_error(int errno_value, std::string_view module);
Error unload_error(int errno_value, std::string_view module);

}  // namespace tuner
