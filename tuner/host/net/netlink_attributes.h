// The type-length-value format inside netlink messages, as bytes: no socket, no library.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace tuner {

using Bytes = std::span<const std::byte>;

// Copies a struct from the front of bytes that may be unaligned; the caller has checked the size.
template <typename T>
T load(Bytes bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

struct Attribute {
  std::uint16_t type = 0;  // without the flags "nested" and "network byte order"
  Bytes payload;           // into the bytes that were parsed
};

// Every attribute of one level. Invalid: a length that does not fit, as in a truncated message.
Result<std::vector<Attribute>> parse_attributes(Bytes bytes);

// Text up to its NUL or the end of the payload.
std::string_view attribute_text(const Attribute& attribute);

class AttributeWriter {
 public:
  void put(std::uint16_t type, Bytes payload);
  void put_text(std::uint16_t type, std::string_view text);  // with a NUL
  void put_u8(std::uint16_t type, std::uint8_t value);
  void put_u32(std::uint16_t type, std::uint32_t value);
  void put_flag(std::uint16_t type) { put(type, {}); }

  // What is put between the two calls is inside; give back what open_nest() returned.
  std::size_t open_nest(std::uint16_t type);
  void close_nest(std::size_t start);

  Bytes bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace tuner
