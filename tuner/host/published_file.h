// A file of ours in a folder that belongs to another program, which may look into it at any moment.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// Whole or not at all: a temporary file beside it whose name begins with a dot, made durable, then
// renamed. Readable by everybody whatever the umask. The folder is never made: NotFound names it.
Outcome publish(const std::string& path, std::string_view text);

}  // namespace tuner
