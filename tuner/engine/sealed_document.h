// JSON documents of the tool that detect their own damage: the key "seal" holds the SHA-256 of the
// rest of the document. Pure.
#pragma once

#include "base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace tuner {

// `document`, an object, as text with its seal and a final newline. `indent` -1: on one line.
std::string sealed(nlohmann::json document, int indent = -1);

// The object without its seal. Fault::Invalid: not a JSON object, or altered. A document without a
// seal was written by an older release and is accepted.
Result<nlohmann::json> unsealed(std::string_view text);

}  // namespace tuner
