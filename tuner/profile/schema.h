// What the reader accepts, printed: from the reader's own tables (profile/fields.h), so
// neither can say anything else than the reader does.
#pragma once

#include <string>

namespace tuner {

// JSON Schema (draft 7, what editors' YAML plug-ins understand), indented, with a final newline.
// schema/profile.schema.json is this text.
std::string profile_schema_json();

// The key table of docs/profile.md, the known sysctls, and nothing around them. Markdown.
std::string profile_reference_markdown();

}  // namespace tuner
