// Reads and writes netlink attributes (type, length, value) as bytes, without socket or library.
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

// Copies a T from the front of `bytes`, which may be unaligned. The caller must check the size.
template <typename T>
T load(Bytes bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

struct Attribute {
  std::uint16_t type = 0;  // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
  Bytes payload;           // points into the parsed bytes
};

// All attributes of one nesting level. Invalid: a length does not fit, as in a truncated message.
Result<std::vector<Attribute>> parse_attributes(Bytes bytes);

// The payload as text, up to a NUL or its end.
std::string_view attribute_text(const Attribute& attribute);

class AttributeWriter {
 public:
  void put(std::uint16_t type, Bytes payload);
  void put_text(std::uint16_t type, std::string_view text);  // with a NUL
  void put_u8(std::uint16_t type, std::uint8_t value);
  void put_u32(std::uint16_t type, std::uint32_t value);
  void put_flag(std::uint16_t type) { put(type, {}); }

  // Attributes put between the two calls are nested. `start` is the return value of open_nest().
  std::size_t open_nest(std::uint16_t type);
  void close_nest(std::size_t start);

  Bytes bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace tuner
