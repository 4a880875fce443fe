// Documents as JSON: the writer of the tables of keys (key.h).
#pragma once

#include "document/envelope.h"

#include <nlohmann/json_fwd.hpp>

namespace tuner::document {

// format_version, the envelope, then the body's keys, each in the order of its table. Text may hold
// any byte; print the result by printed() (model/json_bytes.h).
nlohmann::ordered_json to_json(const Envelope& envelope, const Body& body);

}  // namespace tuner::document
