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

inline Octets netlink_message(int type, const Octets& body) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + body.size());
  header.nlmsg_type = static_cast<std::uint16_t>(type);
  return raw(header) + body;
}

}  // namespace tuner::testing
