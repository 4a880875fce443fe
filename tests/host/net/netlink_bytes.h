// Builds netlink messages byte by byte.
#pragma once

#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace tuner::testing {

// A distinct type, so that argument-dependent lookup finds its operator+.
struct Octets : std::vector<std::byte> {
  using vector::vector;
};

// The bytes of a struct.
template <typename T>
Octets raw(const T& value) {
  Octets bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

inline Octets operator+(Octets left, const Octets& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// An attribute: header, payload, padding to four bytes.
inline Octets attribute(int type, const Octets& payload) {
  const nlattr header{.nla_len = static_cast<__u16>(NLA_HDRLEN + payload.size()),
                      .nla_type = static_cast<__u16>(type)};
  Octets bytes = raw(header) + payload;
  bytes.resize(NLA_ALIGN(bytes.size()));
  return bytes;
}

inline Octets netlink_message(int type, const Octets& body, int flags = 0) {
  nlmsghdr header{};
  header.nlmsg_flags = static_cast<std::uint16_t>(flags);
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + body.size());
  header.nlmsg_type = static_cast<std::uint16_t>(type);
  return raw(header) + body;
}

}  // namespace tuner::testing
