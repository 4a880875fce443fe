// Programs of this package that are not in PATH: libexec's.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// Where it is: in $KTLS_TUNER_LIBEXEC if that is set, else beside this program or in the libexec
// folder that belongs to it. NotFound names the folders; `who` needs it: "the probe".
Result<std::string> find_own_program(std::string_view name, std::string_view who);

}  // namespace tuner
