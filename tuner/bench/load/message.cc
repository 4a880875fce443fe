#include "bench/load/message.h"

#include "probe/handshake/connection/payload.h"

#include <algorithm>

namespace tuner {
namespace {

constexpr std::size_t kHeader = 16;
constexpr std::size_t kKindAt = 4;
constexpr std::size_t kFieldsAt = 5;
constexpr std::size_t kNumberAt = 8;
constexpr std::size_t kFieldSize = 2;
constexpr std::size_t kField = (kMessageBytes - kHeader) / kMessageFields;
static_assert(kHeader + kMessageFields * kField == kMessageBytes);

void put(std::span<std::uint8_t> bytes, std::size_t at, std::size_t size, std::uint64_t value) {
  for (std::size_t i = 0; i < size; ++i)
    bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint64_t get(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) value = value << 8U | bytes[at + i - 1];
  return value;
}

tl::unexpected<Error> malformed() {
  return fail(Fault::Invalid, "a message is malformed");
}

}  // namespace

std::vector<std::uint8_t> make_message(std::uint64_t seed) {
  std::vector<std::uint8_t> message = make_payload(seed, kMessageBytes);
  set_header(message, MessageKind::WarmUp, 0);
  for (std::size_t field = 0; field < kMessageFields; ++field)
    put(message, kHeader + field * kField, kFieldSize, kField - kFieldSize);
  return message;
}

void set_header(std::span<std::uint8_t> message, MessageKind kind, std::uint64_t number) {
  std::ranges::fill(message.first(kHeader), std::uint8_t{0});
  put(message, 0, 4, message.size());
  put(message, kKindAt, 1, static_cast<std::uint8_t>(kind));
  put(message, kFieldsAt, 1, kMessageFields);
  put(message, kNumberAt, 8, number);
}

Result<Message> parse_message(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != kMessageBytes || get(bytes, 0, 4) != bytes.size() ||
      bytes[kKindAt] > static_cast<std::uint8_t>(MessageKind::Last) ||
      bytes[kFieldsAt] != kMessageFields)
    return malformed();
  Message message{.kind = static_cast<MessageKind>(bytes[kKindAt]),
                  .number = get(bytes, kNumberAt, 8),
                  .fields = {}};
  std::size_t at = kHeader;
  for (auto& field : message.fields) {
    if (bytes.size() - at < kFieldSize) return malformed();
    const std::size_t size = get(bytes, at, kFieldSize);
    at += kFieldSize;
    if (bytes.size() - at < size) return malformed();
    field = bytes.subspan(at, size);
    at += size;
  }
  if (at != bytes.size()) return malformed();
  return message;
}

}  // namespace tuner
