// Converts arbitrary bytes to JSON. The names of interfaces, users and paths can contain any bytes,
// but JSON is UTF-8, and nlohmann's writer throws on anything else. So all names go through here.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace tuner {

// Lossless, for the tool's own files: UTF-8 becomes a string, anything else {"hex": "65ff31"}.
nlohmann::json bytes_to_json(std::string_view bytes);
// Reads both forms. Throws nlohmann::json::exception on any other value.
std::string bytes_from_json(const nlohmann::json& value);

// Lossless, where JSON accepts only a string, such as an object key: "hex:65ff31". A text that
// starts with "hex:" is written in this form too.
std::string key_from_bytes(std::string_view bytes);
// If the text after "hex:" is not whole hexadecimal bytes, the key is returned unchanged.
std::string bytes_from_key(std::string_view key);

// Replaces bytes that are not UTF-8 with U+FFFD: file names and parser messages may contain any
// bytes, pages and XML may not.
std::string as_utf8(std::string_view text);

// For people: each byte that is not UTF-8 becomes U+FFFD, and is_hidden() characters are escaped.
// Does not throw on invalid UTF-8. `indent` -1: one line.
std::string printed(const nlohmann::json& document, int indent = -1);
std::string printed(const nlohmann::ordered_json& document, int indent = -1);

// The JSON text with is_hidden() characters escaped. It parses to the same document.
std::string with_escapes(std::string_view document);

}  // namespace tuner
