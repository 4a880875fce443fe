// Ethtool messages between bytes and plain data; host/net/ethtool_port.cc sends them. What the
// bytes mean: Documentation/networking/ethtool-netlink.rst.
#pragma once

#include "host/host.h"
#include "host/net/netlink_attributes.h"

#include <string>
#include <string_view>

namespace tuner {

// Attributes of ETHTOOL_MSG_FEATURES_GET. Asks for names, not for the compact form.
AttributeWriter encode_features_get(std::string_view nic);

// Attributes of ETHTOOL_MSG_FEATURES_SET; asks for no reply beyond the acknowledgement.
AttributeWriter encode_features_set(std::string_view nic, std::span<const FeatureChange> changes);

// From the attributes of ETHTOOL_MSG_FEATURES_GET_REPLY. Invalid: truncated or without names.
Result<NicFeatures> decode_features(Bytes attributes);

// Attributes of ETHTOOL_MSG_{CHANNELS,RINGS,COALESCE}_GET and …_SET. A name that is no parameter of
// this shape is left out; a number of more than 32 bits is Invalid.
AttributeWriter encode_shape_get(std::string_view nic);
Result<AttributeWriter> encode_shape_set(NicShape which, std::string_view nic,
                                         std::span<const ParameterChange> changes);

// From the attributes of …_GET_REPLY. A parameter whose maximum is 0 is not there: the driver has
// none of it. Invalid: truncated.
Result<NicParameters> decode_shape(NicShape which, Bytes attributes);

// What the kernel says beside the error number, from a whole NLMSG_ERROR message; "" if nothing.
std::string decode_extended_ack(Bytes message);

// "52:54:00:12:34:56"; "" for no bytes or zeros alone, which is how a device says it has none.
std::string decode_address(Bytes address);

}  // namespace tuner
