#include "host/ethtool_codec.h"

#include <fmt/format.h>

#include <linux/ethtool_netlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cstring>

namespace tuner {
namespace {

struct NamedBit {
  std::string name;
  bool on = false;
};

struct Bitset {
  bool is_list = false;  // names only those that are on
  bool has_names = true;
  Bytes bits;
};

void put_device(AttributeWriter& writer, std::string_view nic, std::uint32_t flags) {
  const std::size_t header = writer.open_nest(ETHTOOL_A_FEATURES_HEADER);
  writer.put_text(ETHTOOL_A_HEADER_DEV_NAME, nic);
  if (flags != 0) writer.put_u32(ETHTOOL_A_HEADER_FLAGS, flags);
  writer.close_nest(header);
}

Result<Bitset> parse_bitset(Bytes bytes) {
  const auto attributes = parse_attributes(bytes);
  if (!attributes) return fail(attributes.error());
  Bitset set;
  for (const Attribute& attribute : *attributes) {
    if (attribute.type == ETHTOOL_A_BITSET_NOMASK) set.is_list = true;
    if (attribute.type == ETHTOOL_A_BITSET_BITS) set.bits = attribute.payload;
    if (attribute.type == ETHTOOL_A_BITSET_VALUE) set.has_names = false;
  }
  if (!set.has_names)
    return fail(Fault::Invalid, "features in the compact form, which has no names");
  return set;
}

Result<NamedBit> parse_bit(Bytes bytes) {
  const auto attributes = parse_attributes(bytes);
  if (!attributes) return fail(attributes.error());
  NamedBit bit;
  for (const Attribute& attribute : *attributes) {
    if (attribute.type == ETHTOOL_A_BITSET_BIT_NAME) bit.name = attribute_text(attribute);
    if (attribute.type == ETHTOOL_A_BITSET_BIT_VALUE) bit.on = true;
  }
  return bit;
}

Result<std::vector<NamedBit>> named_bits(Bytes bytes) {
  const auto set = parse_bitset(bytes);
  if (!set) return fail(set.error());
  const auto attributes = parse_attributes(set->bits);
  if (!attributes) return fail(attributes.error());
  std::vector<NamedBit> bits;
  for (const Attribute& attribute : *attributes) {
    if (attribute.type != ETHTOOL_A_BITSET_BITS_BIT) continue;
    auto bit = parse_bit(attribute.payload);
    if (!bit) return fail(bit.error());
    bit->on = bit->on || set->is_list;
    if (!bit->name.empty()) bits.push_back(std::move(*bit));
  }
  return bits;
}

void merge(NicFeatures& features, std::uint16_t set, const NamedBit& bit) {
  NicFeature& feature = features[bit.name];
  switch (set) {
    case ETHTOOL_A_FEATURES_HW: feature.supported = bit.on; break;
    case ETHTOOL_A_FEATURES_WANTED: feature.requested = bit.on; break;
    case ETHTOOL_A_FEATURES_ACTIVE: feature.active = bit.on; break;
    case ETHTOOL_A_FEATURES_NOCHANGE: feature.fixed = bit.on; break;
    default: break;
  }
}

bool is_feature_set(std::uint16_t type) {
  return type == ETHTOOL_A_FEATURES_HW || type == ETHTOOL_A_FEATURES_WANTED ||
         type == ETHTOOL_A_FEATURES_ACTIVE || type == ETHTOOL_A_FEATURES_NOCHANGE;
}

}  // namespace

AttributeWriter encode_features_get(std::string_view nic) {
  AttributeWriter writer;
  put_device(writer, nic, 0);
  return writer;
}

AttributeWriter encode_features_set(std::string_view nic, std::span<const FeatureChange> changes) {
  AttributeWriter writer;
  put_device(writer, nic, ETHTOOL_FLAG_OMIT_REPLY);
  const std::size_t wanted = writer.open_nest(ETHTOOL_A_FEATURES_WANTED);
  const std::size_t bits = writer.open_nest(ETHTOOL_A_BITSET_BITS);
  for (const FeatureChange& change : changes) {
    const std::size_t bit = writer.open_nest(ETHTOOL_A_BITSET_BITS_BIT);
    writer.put_text(ETHTOOL_A_BITSET_BIT_NAME, change.name);
    if (change.on) writer.put_flag(ETHTOOL_A_BITSET_BIT_VALUE);
    writer.close_nest(bit);
  }
  writer.close_nest(bits);
  writer.close_nest(wanted);
  return writer;
}

Result<NicFeatures> decode_features(Bytes attributes) {
  const auto sets = parse_attributes(attributes);
  if (!sets) return fail(sets.error());
  NicFeatures features;
  for (const Attribute& set : *sets) {
    if (!is_feature_set(set.type)) continue;
    const auto bits = named_bits(set.payload);
    if (!bits) return fail(bits.error());
    for (const NamedBit& bit : *bits) merge(features, set.type, bit);
  }
  if (features.empty()) return fail(Fault::Invalid, "a reply without any feature");
  for (auto& [name, feature] : features) feature.fixed = feature.fixed || !feature.supported;
  return features;
}

// nlmsghdr, error number, the header of our request (and, unless capped, its body), attributes.
std::string decode_extended_ack(Bytes message) {
  nlmsghdr header{};
  nlmsgerr answer{};
  if (message.size() < NLMSG_HDRLEN + sizeof(answer)) return {};
  std::memcpy(&header, message.data(), sizeof(header));
  std::memcpy(&answer, message.data() + NLMSG_HDRLEN, sizeof(answer));
  if ((header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return {};
  std::size_t start = NLMSG_HDRLEN + sizeof(answer);
  if ((header.nlmsg_flags & NLM_F_CAPPED) == 0 && answer.msg.nlmsg_len > NLMSG_HDRLEN)
    start += NLMSG_ALIGN(std::size_t{answer.msg.nlmsg_len} - NLMSG_HDRLEN);
  if (start > message.size()) return {};
  const auto attributes = parse_attributes(message.subspan(start));
  if (!attributes) return {};
  const auto text = std::ranges::find(*attributes, NLMSGERR_ATTR_MSG, &Attribute::type);
  return text == attributes->end() ? std::string() : std::string(attribute_text(*text));
}

std::string decode_address(Bytes address) {
  if (std::ranges::all_of(address, [](std::byte b) { return b == std::byte{0}; })) return {};
  std::string text;
  for (const std::byte b : address) {
    text += text.empty() ? "" : ":";
    text += fmt::format("{:02x}", std::to_integer<unsigned>(b));
  }
  return text;
}

}  // namespace tuner
