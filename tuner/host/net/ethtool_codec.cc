#include "host/net/ethtool_codec.h"

#include <fmt/format.h>

#include <linux/ethtool_netlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace tuner {
namespace {

struct NamedBit {
  std::string name;
  bool on = false;
};

struct Bitset {
  bool is_list = false;  // ETHTOOL_A_BITSET_NOMASK: has only the bits that are set
  bool has_names = true;
  Bytes bits;
};

// The first attribute of every request. ETHTOOL_A_CHANNELS_HEADER and the others are 1 as well.
void put_device(AttributeWriter& writer, std::string_view nic, std::uint32_t flags) {
  const std::size_t header = writer.open_nest(ETHTOOL_A_FEATURES_HEADER);
  writer.put_text(ETHTOOL_A_HEADER_DEV_NAME, nic);
  if (flags != 0) writer.put_u32(ETHTOOL_A_HEADER_FLAGS, flags);
  writer.close_nest(header);
}

// The reply to FEATURES_GET (net/ethtool/features.c): HW is a bitset with a mask and has each
// feature with its value. WANTED, ACTIVE and NOCHANGE have no mask and list only the features that
// are set.
Result<Bitset> parse_bitset(Bytes bytes) {
  const auto attributes = TRY(parse_attributes(bytes));
  Bitset set;
  for (const Attribute& attribute : attributes) {
    if (attribute.type == ETHTOOL_A_BITSET_NOMASK) set.is_list = true;
    if (attribute.type == ETHTOOL_A_BITSET_BITS) set.bits = attribute.payload;
    if (attribute.type == ETHTOOL_A_BITSET_VALUE) set.has_names = false;
  }
  if (!set.has_names) return fail(Fault::Invalid, "features in compact format, without names");
  return set;
}

Result<NamedBit> parse_bit(Bytes bytes) {
  const auto attributes = TRY(parse_attributes(bytes));
  NamedBit bit;
  for (const Attribute& attribute : attributes) {
    if (attribute.type == ETHTOOL_A_BITSET_BIT_NAME) bit.name = attribute_text(attribute);
    if (attribute.type == ETHTOOL_A_BITSET_BIT_VALUE) bit.on = true;
  }
  return bit;
}

Result<std::vector<NamedBit>> named_bits(Bytes bytes) {
  const auto set = TRY(parse_bitset(bytes));
  const auto attributes = TRY(parse_attributes(set.bits));
  std::vector<NamedBit> bits;
  for (const Attribute& attribute : attributes) {
    if (attribute.type != ETHTOOL_A_BITSET_BITS_BIT) continue;
    auto bit = TRY(parse_bit(attribute.payload));
    bit.on = bit.on || set.is_list;
    if (!bit.name.empty()) bits.push_back(std::move(bit));
  }
  return bits;
}

// In the kernel: hw_features, wanted_features and features of struct net_device, and
// NETIF_F_NEVER_CHANGE.
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

// include/uapi/linux/ethtool_netlink.h
struct ParameterRow {
  NicShape shape;
  std::string_view name;
  std::uint16_t attribute;
  std::uint16_t maximum;  // 0: no such attribute
  bool is_byte = false;
};

using enum NicShape;
constexpr std::array kParameters = {
    ParameterRow{Channels, "combined", ETHTOOL_A_CHANNELS_COMBINED_COUNT,
                 ETHTOOL_A_CHANNELS_COMBINED_MAX},
    ParameterRow{Channels, "rx", ETHTOOL_A_CHANNELS_RX_COUNT, ETHTOOL_A_CHANNELS_RX_MAX},
    ParameterRow{Channels, "tx", ETHTOOL_A_CHANNELS_TX_COUNT, ETHTOOL_A_CHANNELS_TX_MAX},
    ParameterRow{Channels, "other", ETHTOOL_A_CHANNELS_OTHER_COUNT, ETHTOOL_A_CHANNELS_OTHER_MAX},
    ParameterRow{Rings, "rx", ETHTOOL_A_RINGS_RX, ETHTOOL_A_RINGS_RX_MAX},
    ParameterRow{Rings, "tx", ETHTOOL_A_RINGS_TX, ETHTOOL_A_RINGS_TX_MAX},
    ParameterRow{Coalesce, "adaptive-rx", ETHTOOL_A_COALESCE_USE_ADAPTIVE_RX, 0, true},
    ParameterRow{Coalesce, "adaptive-tx", ETHTOOL_A_COALESCE_USE_ADAPTIVE_TX, 0, true},
    ParameterRow{Coalesce, "rx-usecs", ETHTOOL_A_COALESCE_RX_USECS, 0},
    ParameterRow{Coalesce, "rx-frames", ETHTOOL_A_COALESCE_RX_MAX_FRAMES, 0},
    ParameterRow{Coalesce, "tx-usecs", ETHTOOL_A_COALESCE_TX_USECS, 0},
    ParameterRow{Coalesce, "tx-frames", ETHTOOL_A_COALESCE_TX_MAX_FRAMES, 0},
};

// Payloads of one or four bytes; nullopt for other sizes.
std::optional<std::int64_t> number_in(const Attribute& attribute) {
  if (attribute.payload.size() == sizeof(std::uint8_t))
    return std::to_integer<std::int64_t>(attribute.payload.front());
  std::uint32_t number = 0;
  if (attribute.payload.size() != sizeof(number)) return std::nullopt;
  std::memcpy(&number, attribute.payload.data(), sizeof(number));
  return number;
}

// The kernel omits attributes of what a driver does not have. Then the parameter is absent, not 0.
std::optional<std::int64_t> number_of(std::span<const Attribute> attributes, std::uint16_t type) {
  const auto found = std::ranges::find(attributes, type, &Attribute::type);
  if (type == 0 || found == attributes.end()) return std::nullopt;
  return number_in(*found);
}

}  // namespace

AttributeWriter encode_shape_get(std::string_view nic) {
  AttributeWriter writer;
  put_device(writer, nic, 0);
  return writer;
}

Result<AttributeWriter> encode_shape_set(NicShape which, std::string_view nic,
                                         std::span<const ParameterChange> changes) {
  AttributeWriter writer;
  // Only the given parameters are in the message; the kernel keeps the driver's values of all
  // others (net/ethtool/channels.c, rings.c, coalesce.c: ethnl_update_u32()).
  put_device(writer, nic, 0);
  for (const ParameterChange& change : changes) {
    const auto row = std::ranges::find_if(kParameters, [&](const ParameterRow& candidate) {
      return candidate.shape == which && candidate.name == change.name;
    });
    if (row == kParameters.end()) continue;
    if (row->is_byte)
      writer.put_u8(row->attribute, change.value != 0 ? 1 : 0);
    else if (std::in_range<std::uint32_t>(change.value))
      writer.put_u32(row->attribute, static_cast<std::uint32_t>(change.value));
    else
      return fail(Fault::Invalid,
                  fmt::format("{} {} does not fit in the 32 bits of ethtool netlink", change.name,
                              change.value));
  }
  return writer;
}

Result<NicParameters> decode_shape(NicShape which, Bytes attributes) {
  const auto all = TRY(parse_attributes(attributes));
  NicParameters parameters;
  for (const ParameterRow& row : kParameters) {
    if (row.shape != which) continue;
    const auto value = number_of(all, row.attribute);
    const auto maximum = number_of(all, row.maximum);
    // A maximum of 0: this NIC has none of it, such as a driver with combined channels only.
    if (!value || maximum == 0) continue;
    parameters[std::string(row.name)] = {.value = *value, .maximum = maximum};
  }
  return parameters;
}

AttributeWriter encode_features_get(std::string_view nic) {
  AttributeWriter writer;
  put_device(writer, nic, 0);
  return writer;
}

AttributeWriter encode_features_set(std::string_view nic, std::span<const FeatureChange> changes) {
  AttributeWriter writer;
  // Without the flag the kernel replies with what differs from the request. The caller reads the
  // features anew instead, because a driver may also change others.
  put_device(writer, nic, ETHTOOL_FLAG_OMIT_REPLY);
  const std::size_t wanted = writer.open_nest(ETHTOOL_A_FEATURES_WANTED);
  const std::size_t bits = writer.open_nest(ETHTOOL_A_BITSET_BITS);
  for (const FeatureChange& change : changes) {
    const std::size_t bit = writer.open_nest(ETHTOOL_A_BITSET_BITS_BIT);
    writer.put_text(ETHTOOL_A_BITSET_BIT_NAME, change.name);
    // A named bit without a value is cleared. Bits that are not named stay as they are.
    if (change.on) writer.put_flag(ETHTOOL_A_BITSET_BIT_VALUE);
    writer.close_nest(bit);
  }
  writer.close_nest(bits);
  writer.close_nest(wanted);
  return writer;
}

Result<NicFeatures> decode_features(Bytes attributes) {
  const auto sets = TRY(parse_attributes(attributes));
  NicFeatures features;
  for (const Attribute& set : sets) {
    if (!is_feature_set(set.type)) continue;
    const auto bits = TRY(named_bits(set.payload));
    for (const NamedBit& bit : bits) merge(features, set.type, bit);
  }
  if (features.empty()) return fail(Fault::Invalid, "reply without features");
  // As ethtool(8): features that are not in hw_features cannot be changed either.
  for (auto& [name, feature] : features) feature.fixed = feature.fixed || !feature.supported;
  return features;
}

// Message layout: nlmsghdr, error number, header of the request, its body unless NLM_F_CAPPED is
// set, attributes.
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

// Virtual devices report zeros.
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
