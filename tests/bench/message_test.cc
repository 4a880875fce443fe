#include "bench/load/message.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Message, IsParsedAsItWasMade) {
  auto bytes = make_message(3);
  ASSERT_EQ(bytes.size(), kMessageBytes);
  set_header(bytes, MessageKind::Timed, 0x0102030405060708);
  const auto message = parse_message(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, MessageKind::Timed);
  EXPECT_EQ(message->number, 0x0102030405060708U);
  std::size_t sum = 0;
  for (const auto& field : message->fields) sum += field.size();
  EXPECT_EQ(sum, kMessageBytes - 16 - 2 * kMessageFields);
  EXPECT_EQ(message->fields.back().data() + message->fields.back().size(),
            bytes.data() + bytes.size());
}

TEST(Message, ALieIsRefused) {
  const auto refused = [](std::size_t at, std::uint8_t value) {
    auto bytes = make_message(3);
    bytes[at] = value;
    return !parse_message(bytes);
  };
  EXPECT_TRUE(refused(0, 1)) << "the size";
  EXPECT_TRUE(refused(4, 3)) << "the kind";
  EXPECT_TRUE(refused(5, 7)) << "the number of fields";
  EXPECT_TRUE(refused(16, 1)) << "a field that is too short";
  EXPECT_TRUE(refused(17, 255)) << "a field beyond the end";
  const auto bytes = make_message(3);
  EXPECT_FALSE(parse_message(std::span(bytes).first(kMessageBytes - 1)));
  EXPECT_FALSE(parse_message({}));
}

}  // namespace
}  // namespace tuner
