// The messages of the workload `messages`: a header, and fields as a small protocol has them.
// Layout, little-endian: size (4 bytes), kind (1), fields (1), unused (2), number (8), then each
// field as its size (2) and its bytes. Pure.
#pragma once

#include "base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tuner {

// Of all messages: one record, and one packet on most paths.
inline constexpr std::size_t kMessageBytes = 1024;
inline constexpr std::size_t kMessageFields = 8;

enum class MessageKind : std::uint8_t { WarmUp, Timed, Last };

// Points into the bytes that it was parsed from.
struct Message {
  MessageKind kind = MessageKind::WarmUp;
  std::uint64_t number = 0;
  std::array<std::span<const std::uint8_t>, kMessageFields> fields;
};

// kMessageBytes with content that is the same for the same number of `seed`.
std::vector<std::uint8_t> make_message(std::uint64_t seed);
void set_header(std::span<std::uint8_t> message, MessageKind kind, std::uint64_t number);

// Invalid: not kMessageBytes, another number of fields, an unknown kind, or fields that do not end
// with the message.
Result<Message> parse_message(std::span<const std::uint8_t> bytes);

}  // namespace tuner
