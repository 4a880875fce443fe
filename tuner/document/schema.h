// The JSON Schema (draft 2020-12) of all documents, from the tables of keys (key.h).
#pragma once

#include <span>
#include <string>

namespace tuner::document {

// The text of schema/document.schema.json. `exit_codes`: all that the program has.
// The schema describes exactly the output of this release, so that tests find a key that no table
// has. A reader of documents must pass over keys that it does not know.
std::string schema_text(std::span<const int> exit_codes);

}  // namespace tuner::document
