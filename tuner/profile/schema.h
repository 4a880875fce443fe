// The JSON Schema and the reference of the profile format, generated from the reader's own tables
// (profile/fields.h), so they cannot differ from the reader.
#pragma once

#include "profile/keys.h"

#include <string>

namespace tuner {

// JSON Schema (draft 7, which YAML plug-ins of editors support), indented, with a final newline.
// schema/profile.schema.json is this text.
std::string profile_schema_json();

// The schema of an object with these keys.
std::string object_schema_json(const reading::Keys& keys);

// The tables of docs/profile-keys.md in Markdown: keys, known sysctls, bad values.
std::string profile_reference_markdown();

// The rows of such a table for these keys and the keys in them.
std::string key_rows_markdown(const reading::Keys& keys);

}  // namespace tuner
