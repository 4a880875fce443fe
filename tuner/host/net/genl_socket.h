// A generic netlink family of the kernel: one socket, requests with one reply, and dumps. libnl
// opens, sends and receives; callers decode the bytes.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "host/net/netlink_attributes.h"

#include <netlink/netlink.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace tuner {

struct GenlFamily {
  const char* name = "";     // the kernel's: "ethtool"
  std::uint8_t version = 1;  // of the family
  std::string_view title;    // for error texts: "ethtool netlink"
  std::string_view needs;    // the hint if the kernel does not have it
};

// Not thread-safe.
class GenlSocket {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // Unsupported: this kernel does not have the family. Never makes the kernel load a module.
  static Result<GenlSocket> open(const GenlFamily& family, Duration limit);

  // The attributes of the reply; empty if the kernel sent only an acknowledgement.
  Result<std::vector<std::byte>> call(std::uint8_t command, Bytes attributes,
                                      std::string_view doing, Duration limit);

  // Gets each datagram of a dump; true: the dump is complete. It also sees messages of earlier
  // requests that timed out, which have another sequence number.
  using Datagram = std::function<Result<bool>(Bytes datagram, std::uint32_t sequence)>;
  Outcome dump(std::uint8_t command, Bytes attributes, std::string_view doing, Duration limit,
               const Datagram& each);

  std::uint16_t family() const { return static_cast<std::uint16_t>(family_); }

 private:
  GenlSocket(Handle<nl_sock, nl_socket_free> socket, int family, std::uint8_t version)
      : socket_(std::move(socket)), family_(family), version_(version) {}

  Result<std::uint32_t> send(std::uint8_t command, int flags, Bytes attributes,
                             std::string_view doing);
  Result<std::vector<std::byte>> receive(std::string_view doing);
  Result<bool> take_reply(Bytes datagram, std::uint32_t sequence, std::string_view doing,
                          std::vector<std::byte>& reply) const;

  Handle<nl_sock, nl_socket_free> socket_;
  int family_;
  std::uint8_t version_;
};

// An error of the kernel with its remark (extended ACK) and what to do about it.
Error kernel_refusal(int errno_value, std::string_view doing, std::string_view remark);

}  // namespace tuner
