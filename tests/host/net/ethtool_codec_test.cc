#include "host/net/ethtool_codec.h"

#include <gtest/gtest.h>

#include <linux/ethtool_netlink.h>
#include <linux/netlink.h>

#include <cstring>
#include <limits>
#include <random>

namespace tuner {
namespace {

struct Bit {
  std::string_view name;
  bool on;
};

// A bitset in the kernel's format. With a mask it also has the bits that are off; as a list it has
// only the bits that are on.
void put_bitset(AttributeWriter& writer, std::uint16_t type, bool as_list,
                std::initializer_list<Bit> bits) {
  const auto set = writer.open_nest(type);
  if (as_list) writer.put_flag(ETHTOOL_A_BITSET_NOMASK);
  writer.put_u32(ETHTOOL_A_BITSET_SIZE, 64);
  const auto all = writer.open_nest(ETHTOOL_A_BITSET_BITS);
  std::uint32_t index = 0;
  for (const Bit& bit : bits) {
    const auto one = writer.open_nest(ETHTOOL_A_BITSET_BITS_BIT);
    writer.put_u32(ETHTOOL_A_BITSET_BIT_INDEX, index++);
    writer.put_text(ETHTOOL_A_BITSET_BIT_NAME, bit.name);
    if (bit.on && !as_list) writer.put_flag(ETHTOOL_A_BITSET_BIT_VALUE);
    writer.close_nest(one);
  }
  writer.close_nest(all);
  writer.close_nest(set);
}

std::vector<std::byte> reply() {
  AttributeWriter writer;
  const auto header = writer.open_nest(ETHTOOL_A_FEATURES_HEADER);
  writer.put_u32(ETHTOOL_A_HEADER_DEV_INDEX, 2);
  writer.put_text(ETHTOOL_A_HEADER_DEV_NAME, "eth0");
  writer.close_nest(header);
  put_bitset(writer, ETHTOOL_A_FEATURES_HW, false,
             {{"tls-hw-tx-offload", true},
              {"tls-hw-rx-offload", false},
              {"tx-lockless", false},
              {"rx-vlan-filter", true}});
  put_bitset(writer, ETHTOOL_A_FEATURES_WANTED, true, {{"tls-hw-tx-offload", true}});
  put_bitset(writer, ETHTOOL_A_FEATURES_ACTIVE, true, {{"tx-lockless", true}});
  put_bitset(writer, ETHTOOL_A_FEATURES_NOCHANGE, true,
             {{"tx-lockless", true}, {"rx-vlan-filter", true}});
  return {writer.bytes().begin(), writer.bytes().end()};
}

TEST(EthtoolCodec, DecodesSupportedRequestedActiveAndFixed) {
  const auto features = decode_features(reply());
  ASSERT_TRUE(features) << features.error().text;
  EXPECT_EQ(*features, (NicFeatures{
                           {"tls-hw-tx-offload", {.supported = true, .requested = true}},
                           {"tls-hw-rx-offload", {.fixed = true}},
                           {"tx-lockless", {.active = true, .fixed = true}},
                           {"rx-vlan-filter", {.supported = true, .fixed = true}},
                       }));
}

// The reply of a driver that has only combined channels (net/ethtool/channels.c writes all kinds).
std::vector<std::byte> channels_reply() {
  AttributeWriter writer;
  const auto header = writer.open_nest(ETHTOOL_A_CHANNELS_HEADER);
  writer.put_u32(ETHTOOL_A_HEADER_DEV_INDEX, 2);
  writer.close_nest(header);
  writer.put_u32(ETHTOOL_A_CHANNELS_RX_MAX, 0);
  writer.put_u32(ETHTOOL_A_CHANNELS_COMBINED_MAX, 8);
  writer.put_u32(ETHTOOL_A_CHANNELS_OTHER_MAX, 1);
  writer.put_u32(ETHTOOL_A_CHANNELS_RX_COUNT, 0);
  writer.put_u32(ETHTOOL_A_CHANNELS_COMBINED_COUNT, 4);
  writer.put_u32(ETHTOOL_A_CHANNELS_OTHER_COUNT, 1);
  return {writer.bytes().begin(), writer.bytes().end()};
}

TEST(EthtoolCodec, OmitsAParameterWithMaximumZero) {
  EXPECT_EQ(decode_shape(NicShape::Channels, channels_reply()).value(),
            (NicParameters{{"combined", {.value = 4, .maximum = 8}},
                           {"other", {.value = 1, .maximum = 1}}}));
}

TEST(EthtoolCodec, CoalesceHasNoMaximaAndOneByteFlags) {
  AttributeWriter writer;
  writer.put_u8(ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX, 1);
  writer.put_u32(ETHTOOL_A_COALESCE_RX_USECS, 8);
  EXPECT_EQ(decode_shape(NicShape::Coalesce, writer.bytes()).value(),
            (NicParameters{{"adaptive-rx", {.value = 1}}, {"rx-usecs", {.value = 8}}}));
}

TEST(EthtoolCodec, EncodesAShapeInTheAttributesThatItDecodes) {
  const std::vector<ParameterChange> changes{
      {"adaptive-rx", 7}, {"rx-usecs", 8}, {"unheard-of", 1}};
  EXPECT_EQ(decode_shape(NicShape::Coalesce,
                         encode_shape_set(NicShape::Coalesce, "eth0", changes)->bytes())
                .value(),
            (NicParameters{{"adaptive-rx", {.value = 1}}, {"rx-usecs", {.value = 8}}}));
}

TEST(EthtoolCodec, RefusesAValueOfMoreThan32Bits) {
  for (const std::int64_t number : {std::int64_t{1} << 32, (std::int64_t{1} << 32) + 64,
                                    std::numeric_limits<std::int64_t>::max(), std::int64_t{-1}}) {
    const std::vector<ParameterChange> changes{{"rx", number}};
    const auto message = encode_shape_set(NicShape::Rings, "eth0", changes);
    ASSERT_FALSE(message.has_value()) << number;
    EXPECT_EQ(message.error().fault, Fault::Invalid);
  }
  const std::vector<ParameterChange> most{{"rx", 4294967295}};
  EXPECT_TRUE(encode_shape_set(NicShape::Rings, "eth0", most).has_value());
}

TEST(EthtoolCodec, ATruncatedShapeReplyNeverHasMoreParameters) {
  const auto whole = channels_reply();
  const auto all = decode_shape(NicShape::Channels, whole).value();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto part = decode_shape(NicShape::Channels, Bytes(whole).first(size));
    if (!part) continue;
    for (const auto& [name, parameter] : *part) EXPECT_EQ(all.at(name).value, parameter.value);
  }
}

TEST(EthtoolCodec, IgnoresANumberOfAnotherSize) {
  AttributeWriter writer;
  writer.put_text(ETHTOOL_A_RINGS_RX, "two hundred");
  EXPECT_TRUE(decode_shape(NicShape::Rings, writer.bytes()).value().empty());
}

TEST(EthtoolCodec, ATruncatedFeatureReplyNeverHasMoreFeatures) {
  const auto whole = reply();
  const auto all = decode_features(whole).value();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto part = decode_features(Bytes(whole).first(size));
    if (!part) continue;
    for (const auto& [name, feature] : *part) EXPECT_TRUE(all.contains(name)) << size;
  }
  EXPECT_FALSE(decode_features({}));
  EXPECT_FALSE(decode_features(Bytes(whole).first(whole.size() - 8)));
}

// Ten thousand damaged replies. The sanitizers report accesses beyond the message.
TEST(EthtoolCodec, DamagedRepliesDoNotCrash) {
  std::mt19937 random(4711);
  const auto whole = reply();
  int refused = 0;
  for (int round = 0; round < 10'000; ++round) {
    auto bytes = whole;
    for (int hits = 0; hits < 3; ++hits) bytes[random() % bytes.size()] = std::byte(random());
    bytes.resize(random() % (bytes.size() + 1));
    if (!decode_features(bytes)) ++refused;
    decode_extended_ack(bytes);
  }
  EXPECT_GT(refused, 1'000);
}

TEST(EthtoolCodec, RefusesTheCompactFormat) {
  AttributeWriter writer;
  const auto set = writer.open_nest(ETHTOOL_A_FEATURES_HW);
  writer.put_u32(ETHTOOL_A_BITSET_SIZE, 64);
  writer.put_u32(ETHTOOL_A_BITSET_VALUE, 1);
  writer.close_nest(set);
  const auto features = decode_features(writer.bytes());
  ASSERT_FALSE(features);
  EXPECT_EQ(features.error().text, "features in compact format, without names");
}

TEST(EthtoolCodec, RequestsFeaturesByName) {
  const auto request = encode_features_get("eth0");
  const auto top = parse_attributes(request.bytes());
  ASSERT_TRUE(top);
  ASSERT_EQ(top->size(), 1U);
  EXPECT_EQ((*top)[0].type, ETHTOOL_A_FEATURES_HEADER);
  const auto header = parse_attributes((*top)[0].payload);
  ASSERT_EQ(header->size(), 1U) << "no compact flag: requests names";
  EXPECT_EQ(attribute_text((*header)[0]), "eth0");
}

TEST(EthtoolCodec, OneMessageHasAllChangesAndNoOthers) {
  const std::vector<FeatureChange> changes{{"tls-hw-tx-offload", true}, {"rx-gro", false}};
  const auto request = encode_features_set("eth0", changes);
  const auto top = parse_attributes(request.bytes());
  ASSERT_EQ(top->size(), 2U);
  EXPECT_EQ((*top)[1].type, ETHTOOL_A_FEATURES_WANTED);
  const auto set = parse_attributes((*top)[1].payload);
  ASSERT_EQ(set->size(), 1U) << "no NOMASK: other bits stay unchanged";
  std::string seen;
  const auto bits = parse_attributes((*set)[0].payload);
  for (const Attribute& bit : *bits) {
    EXPECT_EQ(bit.type, ETHTOOL_A_BITSET_BITS_BIT);
    const auto parts = parse_attributes(bit.payload);
    seen += std::string(attribute_text(parts->at(0))) + (parts->size() == 2 ? "+ " : "- ");
  }
  EXPECT_EQ(seen, "tls-hw-tx-offload+ rx-gro- ");
}

std::vector<std::byte> error_message(std::uint16_t flags, std::uint32_t echoed,
                                     std::string_view text) {
  AttributeWriter attributes;
  attributes.put_text(NLMSGERR_ATTR_MSG, text);
  nlmsghdr header{};
  header.nlmsg_type = NLMSG_ERROR;
  header.nlmsg_flags = flags;
  nlmsgerr answer{};
  answer.error = -EINVAL;
  answer.msg.nlmsg_len = NLMSG_HDRLEN + echoed;
  std::vector<std::byte> bytes(NLMSG_HDRLEN + sizeof(answer));
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + NLMSG_HDRLEN, &answer, sizeof(answer));
  if ((flags & NLM_F_CAPPED) == 0) bytes.resize(bytes.size() + NLMSG_ALIGN(echoed));
  bytes.insert(bytes.end(), attributes.bytes().begin(), attributes.bytes().end());
  return bytes;
}

TEST(EthtoolCodec, FindsTheExtendedAckAfterTheEchoedRequest) {
  const std::string words = "bit name not found";
  EXPECT_EQ(decode_extended_ack(error_message(NLM_F_ACK_TLVS | NLM_F_CAPPED, 40, words)), words);
  EXPECT_EQ(decode_extended_ack(error_message(NLM_F_ACK_TLVS, 41, words)), words);
  EXPECT_EQ(decode_extended_ack(error_message(0, 0, words)), "");
  const auto message = error_message(NLM_F_ACK_TLVS | NLM_F_CAPPED, 40, words);
  for (std::size_t size = 0; size < message.size(); ++size)
    EXPECT_TRUE(words.starts_with(decode_extended_ack(Bytes(message).first(size)))) << size;
}

TEST(EthtoolCodec, AnAddressOfZerosIsEmpty) {
  const std::array<std::byte, 6> address{std::byte{0x52}, std::byte{0x54}, std::byte{0},
                                         std::byte{0x12}, std::byte{0xab}, std::byte{1}};
  EXPECT_EQ(decode_address(address), "52:54:00:12:ab:01");
  EXPECT_EQ(decode_address(std::array<std::byte, 6>{}), "");
  EXPECT_EQ(decode_address({}), "");
}

}  // namespace
}  // namespace tuner
