#include "host/net/ethtool_port.h"

#include "base/handle.h"
#include "host/net/connection_path.h"
#include "host/net/ethtool_codec.h"
#include "host/net/netlink_request.h"
#include "host/net/network_namespace.h"

#include <fmt/format.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

namespace tuner {
namespace {

constexpr std::size_t kMessageHeaders = 64;  // at least the netlink and generic netlink headers

tl::unexpected<Error> refused(int errno_value, std::string_view doing, std::string_view remark) {
  Error error = errno_error(errno_value, doing);
  if (!remark.empty()) error.text += fmt::format(" ({})", remark);
  if (error.fault == Fault::NotPermitted) error.hint = "needs CAP_NET_ADMIN";
  if (errno_value == ENODEV) error.hint = "`ip link` lists the interfaces";
  return fail(std::move(error));
}

tl::unexpected<Error> library_failed(int nl_error, std::string_view doing) {
  return fail(Fault::Io, fmt::format("{}: {}", doing, nl_geterror(nl_error)));
}

// One message of a datagram.
struct Message {
  nlmsghdr header{};
  Bytes whole;
};

// Removes the first message from `datagram`. nullopt: no complete message is left.
std::optional<Message> take_message(Bytes& datagram) {
  Message message;
  if (datagram.size() < NLMSG_HDRLEN) return std::nullopt;
  std::memcpy(&message.header, datagram.data(), sizeof(message.header));
  const std::size_t length = message.header.nlmsg_len;
  if (length < NLMSG_HDRLEN || length > datagram.size()) return std::nullopt;
  message.whole = datagram.first(length);
  datagram = datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(length), datagram.size()));
  return message;
}

using Duration = std::chrono::steady_clock::duration;

Outcome limit_receive(int socket, Duration limit) {
  // SO_RCVTIMEO = 0 means no timeout.
  const auto most =
      std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(limit).count(), 1);
  const timeval time{.tv_sec = most / 1000, .tv_usec = most % 1000 * 1000};
  if (::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0) return {};
  return fail(errno_error(errno, "set the timeout of a netlink socket"));
}

class EthtoolSocket {
 public:
  static Result<EthtoolSocket> open(Duration limit) {
    Handle<nl_sock, nl_socket_free> socket(nl_socket_alloc());
    if (!socket) return fail(Fault::Internal, "open a netlink socket: out of memory");
    if (const int error = genl_connect(socket.get()); error < 0)
      return library_failed(error, "open a netlink socket");
    // genl_ctrl_resolve() waits for its reply as long as the socket's timeout.
    TRY(limit_receive(nl_socket_get_fd(socket.get()), limit));
    // libnl returns "not found" for every failure. If errno is set, a system call failed, and it is
    // not known whether the kernel has the family.
    errno = 0;
    const int family = genl_ctrl_resolve(socket.get(), ETHTOOL_GENL_NAME);
    const int error_of_call = errno;
    if (family < 0 && error_of_call == EAGAIN)
      return fail(Fault::TimedOut, "resolve ethtool netlink: the kernel did not answer");
    if (family < 0 && error_of_call != 0)
      return fail(errno_error(error_of_call, "resolve ethtool netlink"));
    if (family < 0)
      return fail(Fault::Unsupported, "this kernel has no ethtool netlink",
                  "it needs Linux 5.6 or later with CONFIG_ETHTOOL_NETLINK");
    const int on = 1;
    const int fd = nl_socket_get_fd(socket.get());
    // Extended ACK texts and short acknowledgements. Optional, so errors are ignored.
    static_cast<void>(::setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)));
    static_cast<void>(::setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)));
    return EthtoolSocket(std::move(socket), family);
  }

  // The attributes of the reply; empty if the kernel sent only an acknowledgement.
  Result<std::vector<std::byte>> call(std::uint8_t command, Bytes attributes,
                                      std::string_view doing, Duration limit) {
    // nl_send_auto() sets NLM_F_ACK, so each call ends with an acknowledgement, also one that has a
    // reply. Without reading it the next call would receive it first.
    const auto sequence = TRY(send(command, attributes, doing));
    std::vector<std::byte> reply;
    const auto until = std::chrono::steady_clock::now() + limit;
    while (true) {
      TRY(await_reply(nl_socket_get_fd(socket_.get()), until, doing));
      const auto finished = TRY(receive(sequence, doing, reply));
      if (finished) return reply;
    }
  }

 private:
  EthtoolSocket(Handle<nl_sock, nl_socket_free> socket, int family)
      : socket_(std::move(socket)), family_(family) {}

  Result<std::uint32_t> send(std::uint8_t command, Bytes attributes, std::string_view doing) {
    const Handle<nl_msg, nlmsg_free> message(nlmsg_alloc_size(attributes.size() + kMessageHeaders));
    if (!message || genlmsg_put(message.get(), NL_AUTO_PORT, NL_AUTO_SEQ, family_, 0, NLM_F_REQUEST,
                                command, ETHTOOL_GENL_VERSION) == nullptr)
      return fail(Fault::Internal, fmt::format("{}: out of memory", doing));
    std::vector<std::byte> body(attributes.begin(), attributes.end());
    if (nlmsg_append(message.get(), body.data(), body.size(), NLMSG_ALIGNTO) < 0)
      return fail(Fault::Internal, fmt::format("{}: the message is too long", doing));
    if (const int error = nl_send_auto(socket_.get(), message.get()); error < 0)
      return library_failed(error, doing);
    return nlmsg_hdr(message.get())->nlmsg_seq;
  }

  // Receives one datagram. true: it contained the acknowledgement.
  Result<bool> receive(std::uint32_t sequence, std::string_view doing,
                       std::vector<std::byte>& reply) {
    sockaddr_nl from{};
    unsigned char* buffer = nullptr;
    const int size = nl_recv(socket_.get(), &from, &buffer, nullptr);
    const Handle<unsigned char, ::free> owner(buffer);
    if (size <= 0) return library_failed(size, doing);
    Bytes rest(reinterpret_cast<const std::byte*>(buffer), static_cast<std::size_t>(size));
    while (const auto message = take_message(rest)) {
      if (message->header.nlmsg_seq != sequence) continue;  // of an earlier call that timed out
      if (message->header.nlmsg_type == NLMSG_ERROR) return acknowledged(message->whole, doing);
      if (message->header.nlmsg_type != family_) continue;
      const Bytes body = message->whole.subspan(
          std::min<std::size_t>(NLMSG_HDRLEN + GENL_HDRLEN, message->whole.size()));
      reply.assign(body.begin(), body.end());
    }
    return false;
  }

  static Result<bool> acknowledged(Bytes message, std::string_view doing) {
    nlmsgerr answer{};
    if (message.size() < NLMSG_HDRLEN + sizeof(answer))
      return fail(Fault::Io, fmt::format("{}: truncated reply", doing));
    std::memcpy(&answer, message.data() + NLMSG_HDRLEN, sizeof(answer));
    if (answer.error != 0) return refused(-answer.error, doing, decode_extended_ack(message));
    return true;
  }

  Handle<nl_sock, nl_socket_free> socket_;
  int family_;
};

std::string desired(std::span<const FeatureChange> changes) {
  std::string text;
  for (const FeatureChange& change : changes)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", change.name, change.on ? "on" : "off");
  return text;
}

std::string desired(std::span<const ParameterChange> changes) {
  std::string text;
  for (const ParameterChange& change : changes)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", change.name, change.value);
  return text;
}

struct ShapeMessages {
  std::uint8_t get;
  std::uint8_t set;
};

ShapeMessages messages_of(NicShape which) {
  switch (which) {
    case NicShape::Channels: return {ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_MSG_CHANNELS_SET};
    case NicShape::Rings: return {ETHTOOL_MSG_RINGS_GET, ETHTOOL_MSG_RINGS_SET};
    case NicShape::Coalesce: break;
  }
  return {ETHTOOL_MSG_COALESCE_GET, ETHTOOL_MSG_COALESCE_SET};
}

class EthtoolPort : public NicPort {
 public:
  Result<NicParameters> shape(NicShape which, std::string_view nic) const override {
    const auto doing = fmt::format("read the {} of {}", nic_shape_name(which), nic);
    const auto reply = TRY(call(messages_of(which).get, encode_shape_get(nic), doing));
    auto parameters = decode_shape(which, reply);
    if (!parameters) return fail(Fault::Io, fmt::format("{}: {}", doing, parameters.error().text));
    return parameters;
  }

  Outcome set_shape(NicShape which, std::string_view nic,
                    std::span<const ParameterChange> changes) override {
    const auto doing =
        fmt::format("set the {} of {} to {}", nic_shape_name(which), nic, desired(changes));
    const auto message = encode_shape_set(which, nic, changes);
    if (!message) return fail(Fault::Invalid, fmt::format("{}: {}", doing, message.error().text));
    const auto done = TRY(call(messages_of(which).set, *message, doing));
    return {};
  }

  Result<NicFeatures> features(std::string_view nic) const override {
    const auto doing = fmt::format("read the features of {}", nic);
    const auto reply = TRY(call(ETHTOOL_MSG_FEATURES_GET, encode_features_get(nic), doing));
    auto features = decode_features(reply);
    if (!features) return fail(Fault::Io, fmt::format("{}: {}", doing, features.error().text));
    return features;
  }

  Outcome set_features(std::string_view nic, std::span<const FeatureChange> changes) override {
    const auto doing = fmt::format("set features of {}: {}", nic, desired(changes));
    const auto done = TRY(call(ETHTOOL_MSG_FEATURES_SET, encode_features_set(nic, changes), doing));
    return {};
  }

  // Routes are not ethtool's; they belong to this port because it is the host's only access to
  // netlink.
  Result<std::set<std::string>> interfaces_to_peer(std::string_view local,
                                                   std::string_view peer) const override {
    return route_interfaces(local, peer, limit_);
  }

  void set_reply_timeout(std::optional<Duration> limit) override {
    limit_ = std::min<Duration>(limit.value_or(kReplyTimeout), kReplyTimeout);
  }

  Result<std::string> network_namespace() const override { return this_network_namespace(); }

  // By ioctl(2): over netlink (IFLA_PERM_ADDRESS) it needs a link dump or a larger request.
  Result<std::string> permanent_address(std::string_view nic) const override {
    const auto doing = fmt::format("read the permanent address of {}", nic);
    alignas(ethtool_perm_addr) std::array<std::byte, sizeof(ethtool_perm_addr) + 32> request{};
    const ethtool_perm_addr question{.cmd = ETHTOOL_GPERMADDR, .size = 32};
    std::memcpy(request.data(), &question, sizeof(question));
    ifreq interface {};
    if (nic.size() >= sizeof(interface.ifr_name)) return refused(ENODEV, doing, "name too long");
    nic.copy(interface.ifr_name, nic.size());
    interface.ifr_data = reinterpret_cast<char*>(request.data());
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    int error = errno;
    if (!socket) return refused(error, doing, "");
    const int answer = ::ioctl(socket.get(), SIOCETHTOOL, &interface);
    error = errno;
    if (answer < 0) return refused(error, doing, "");
    ethtool_perm_addr head{};
    std::memcpy(&head, request.data(), sizeof(head));
    const std::size_t size = std::min<std::size_t>(head.size, 32);
    std::string address = decode_address(Bytes(request).subspan(sizeof(head), size));
    if (address.empty())
      return fail(Fault::NotFound, fmt::format("{}: the device has none", doing));
    return address;
  }

 private:
  Result<std::vector<std::byte>> call(std::uint8_t command, const AttributeWriter& request,
                                      std::string_view doing) const {
    if (!socket_) {
      auto opened = TRY(EthtoolSocket::open(limit_));
      socket_ = std::move(opened);
    }
    return socket_->call(command, request.bytes(), doing, limit_);
  }

  Duration limit_ = kReplyTimeout;

  // mutable: const functions open it on demand. Queries do not change the machine.
  mutable std::optional<EthtoolSocket> socket_;
};

}  // namespace

std::unique_ptr<NicPort> ethtool_port() {
  return std::make_unique<EthtoolPort>();
}

}  // namespace tuner
