// Names are bytes: an interface, a user, a path may be named with any. JSON holds UTF-8 alone, and
// its writer throws on anything else. This is the one way to put bytes into it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace tuner {

// Lossless, for the tool's own files: UTF-8 is a string, anything else {"hex": "65ff31"}.
nlohmann::json bytes_to_json(std::string_view bytes);
// Both forms. Throws nlohmann::json::exception on any other value.
std::string bytes_from_json(const nlohmann::json& value);

// The same where JSON takes a string alone, such as a key of an object: "hex:65ff31". A text that
// begins so itself is written in that form, too.
std::string key_from_bytes(std::string_view bytes);
// "hex:" with something else after it than whole bytes is taken as it stands.
std::string bytes_from_key(std::string_view key);

// For people: each byte that is not UTF-8 is U+FFFD, and what is_hidden() is escaped.
// Never throws on text. `indent` -1: one line.
std::string printed(const nlohmann::json& document, int indent = -1);
std::string printed(const nlohmann::ordered_json& document, int indent = -1);

// A JSON text with what is_hidden() as escapes: it says the same, and shows what it says.
std::string with_escapes(std::string_view document);

}  // namespace tuner
