// Values as JSON in two forms: one that reads back as the same type (for the journal), and one for
// documents.
#pragma once

#include "base/result.h"
#include "model/value.h"

#include <nlohmann/json_fwd.hpp>

namespace tuner {

// Lossless: a CPU set is {"cpus": "2-3"}, every other type is the corresponding JSON type.
nlohmann::json value_to_json(const Value& value);
Result<Value> value_from_json(const nlohmann::json& json);

// The form of the documents: a CPU set is its list as a string, Absent is null.
nlohmann::json value_to_public_json(const Value& value);

}  // namespace tuner
