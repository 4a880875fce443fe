#include "model/json_bytes.h"

#include "base/json_text.h"
#include "base/number.h"
#include "model/utf8.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace tuner {
namespace {

using nlohmann::json;

constexpr std::string_view kHexKey = "hex:";

std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    const auto byte = whole_number<unsigned char>(hex.substr(at, 2), 0, 255, 16);
    if (!byte) return std::nullopt;
    bytes += static_cast<char>(*byte);
  }
  return bytes;
}

bool is_utf8(std::string_view bytes) {
  return find_invalid_utf8(bytes) == std::string_view::npos;
}

}  // namespace

// An interface, a user or a file may have a name of any bytes, and nlohmann's writer throws on text
// that is not UTF-8. The hexadecimal form keeps the bytes, so that the journal finds the same
// subject again.
json bytes_to_json(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  json object;
  object["hex"] = to_hex(bytes);
  return object;
}

std::string bytes_from_json(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  auto bytes = from_hex(value.at("hex").get<std::string>());
  if (!bytes) throw json::other_error::create(599, "not the hexadecimal form of bytes", &value);
  return std::move(*bytes);
}

// A key of an object must be a string. Bytes that begin with the mark themselves are written in
// hexadecimal too, so that reading is unambiguous.
std::string key_from_bytes(std::string_view bytes) {
  if (is_utf8(bytes) && !bytes.starts_with(kHexKey)) return std::string(bytes);
  return std::string(kHexKey) + to_hex(bytes);
}

std::string bytes_from_key(std::string_view key) {
  if (key.starts_with(kHexKey)) {
    if (auto bytes = from_hex(key.substr(kHexKey.size()))) return std::move(*bytes);
  }
  return std::string(key);
}

namespace {

bool is_beyond_print(char c) {
  return c == '\x7f' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// A JSON escape has 16 bits. Characters above U+FFFF need two (a surrogate pair).
void append_json_escape(std::string& safe, char32_t code_point) {
  const auto value = static_cast<unsigned>(code_point);
  if (value <= 0xFFFF) {
    safe += fmt::format("\\u{:04x}", value);
    return;
  }
  const unsigned rest = value - 0x10000;
  safe += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10U), 0xDC00 + (rest & 0x3FFU));
}

}  // namespace

// The JSON writer escapes C0 itself. Other hidden characters occur only inside strings, where an
// escape is equivalent.
std::string with_escapes(std::string_view rest) {
  std::string safe;
  safe.reserve(rest.size());
  while (!rest.empty()) {
    const std::size_t plain = std::min(
        rest.size(),
        static_cast<std::size_t>(std::ranges::find_if(rest, is_beyond_print) - rest.begin()));
    safe += rest.substr(0, plain);
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    const CodePoint next = decode(rest);
    const std::size_t bytes = std::max<std::size_t>(1, next.bytes);
    if (next.bytes > 0 && is_hidden(next.value)) {
      append_json_escape(safe, next.value);
    } else {
      safe += rest.substr(0, bytes);
    }
    rest.remove_prefix(bytes);
  }
  return safe;
}

// By way of the JSON library, so that a page and its embedded data replace the same bytes.
std::string as_utf8(std::string_view text) {
  const std::string quoted = json_text_replaced(json(text));
  return parse_json(quoted).get<std::string>();
}

std::string printed(const json& document, int indent) {
  return with_escapes(json_text_replaced(document, indent));
}

std::string printed(const nlohmann::ordered_json& document, int indent) {
  return with_escapes(json_text_replaced(document, indent));
}

}  // namespace tuner
