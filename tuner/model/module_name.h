// Names of kernel modules.
#pragma once

#include <string_view>

namespace tuner {

// Whether the name consists of letters, digits, '_' and '-', does not begin with '-' and is as
// short as the kernel wants it (55 bytes): it cannot be mistaken for a path or an option.
bool is_module_name(std::string_view name);

}  // namespace tuner
