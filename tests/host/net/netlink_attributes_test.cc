#include "host/net/netlink_attributes.h"

#include <gtest/gtest.h>

#include <cstring>

namespace tuner {
namespace {

std::vector<std::byte> raw(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(NetlinkAttributes, ParsesWhatItWrites) {
  AttributeWriter writer;
  writer.put_text(1, "eth0");
  writer.put_flag(2);
  writer.put_u32(3, 0x01020304);
  const auto read = parse_attributes(writer.bytes());
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ(attribute_text((*read)[0]), "eth0");
  EXPECT_EQ((*read)[1].type, 2);
  EXPECT_TRUE((*read)[1].payload.empty());
  std::uint32_t number = 0;
  ASSERT_EQ((*read)[2].payload.size(), sizeof(number));
  std::memcpy(&number, (*read)[2].payload.data(), sizeof(number));
  EXPECT_EQ(number, 0x01020304U);
}

TEST(NetlinkAttributes, WritesTheKernelsFormat) {
  AttributeWriter writer;
  const auto nest = writer.open_nest(1);
  writer.put_text(2, "ab");
  writer.close_nest(nest);
  // Length, type with NLA_F_NESTED. Nested: length without padding, type, text, padding.
  const auto expected = raw({12, 0, 1, 0x80, 7, 0, 2, 0, 'a', 'b', 0, 0});
  EXPECT_TRUE(std::ranges::equal(writer.bytes(), expected));
}

TEST(NetlinkAttributes, NestsCanBeNested) {
  AttributeWriter writer;
  const auto outer = writer.open_nest(1);
  const auto inner = writer.open_nest(2);
  writer.put_flag(3);
  writer.close_nest(inner);
  writer.close_nest(outer);
  writer.put_flag(4);
  const auto top = parse_attributes(writer.bytes());
  ASSERT_TRUE(top);
  ASSERT_EQ(top->size(), 2U);
  EXPECT_EQ((*top)[0].type, 1) << "without the flag";
  const auto second = parse_attributes((*top)[0].payload);
  ASSERT_TRUE(second);
  ASSERT_EQ(second->size(), 1U);
  EXPECT_EQ(parse_attributes((*second)[0].payload)->at(0).type, 3);
}

TEST(NetlinkAttributes, RefusesLengthsThatDoNotFit) {
  for (const auto& bytes : {raw({0, 0, 1, 0}), raw({3, 0, 1, 0}), raw({5, 0, 1, 0}),
                            raw({255, 255, 1, 0, 9, 9}), raw({4, 0, 1, 0, 8, 0, 2, 0})}) {
    const auto read = parse_attributes(bytes);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().fault, Fault::Invalid);
  }
}

TEST(NetlinkAttributes, LessThanAHeaderIsPadding) {
  EXPECT_TRUE(parse_attributes({})->empty());
  EXPECT_TRUE(parse_attributes(raw({0, 0, 0}))->empty());
  EXPECT_EQ(parse_attributes(raw({5, 0, 1, 0, 'x'}))->size(), 1U)
      << "the last attribute needs no padding";
}

TEST(NetlinkAttributes, TextEndsAtItsNulOrThePayload) {
  const auto without_nul = raw({6, 0, 1, 0, 'a', 'b'});
  EXPECT_EQ(attribute_text(parse_attributes(without_nul)->at(0)), "ab");
  const auto early_nul = raw({8, 0, 1, 0, 'a', 0, 'b', 0});
  EXPECT_EQ(attribute_text(parse_attributes(early_nul)->at(0)), "a");
}

}  // namespace
}  // namespace tuner
