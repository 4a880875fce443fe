// A document of the tool's own that proves itself: its "seal" is the SHA-256 of all the rest, so
// that an altered one is not taken for what was written. Pure.
#pragma once

#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace tuner {

// `document`, an object, as text with its seal and a newline. `indent` -1: one line.
std::string sealed(nlohmann::json document, int indent = -1);

// The object without its seal. Invalid: no JSON object, or altered since. One without a seal is of
// an older release, and is taken as it stands.
Result<nlohmann::json> unsealed(std::string_view text);

}  // namespace tuner
