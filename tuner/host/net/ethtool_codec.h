// Encodes and decodes ethtool netlink messages; host/net/ethtool_port.cc sends them. Format:
// Documentation/networking/ethtool-netlink.rst.
#pragma once

#include "host/host.h"
#include "host/net/netlink_attributes.h"

#include <string>
#include <string_view>

namespace tuner {

// Attributes of ETHTOOL_MSG_FEATURES_GET. Requests bit names, not the compact format.
AttributeWriter encode_features_get(std::string_view nic);

// Attributes of ETHTOOL_MSG_FEATURES_SET. Requests no reply except the acknowledgement.
AttributeWriter encode_features_set(std::string_view nic, std::span<const FeatureChange> changes);

// Decodes the attributes of ETHTOOL_MSG_FEATURES_GET_REPLY. Invalid: truncated or without names.
Result<NicFeatures> decode_features(Bytes attributes);

// Attributes of ETHTOOL_MSG_{CHANNELS,RINGS,COALESCE}_GET and …_SET. Skips names that are not
// parameters of this shape. Invalid: a value that does not fit 32 bits.
AttributeWriter encode_shape_get(std::string_view nic);
Result<AttributeWriter> encode_shape_set(NicShape which, std::string_view nic,
                                         std::span<const ParameterChange> changes);

// Decodes the attributes of …_GET_REPLY. Omits parameters whose maximum is 0: the driver does not
// support them. Invalid: truncated.
Result<NicParameters> decode_shape(NicShape which, Bytes attributes);

// The extended ACK text of a whole NLMSG_ERROR message; "" if it has none.
std::string decode_extended_ack(Bytes message);

// "52:54:00:12:34:56". "" for no bytes or only zeros: the device has no permanent address.
std::string decode_address(Bytes address);

}  // namespace tuner
