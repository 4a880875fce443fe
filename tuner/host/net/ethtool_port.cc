#include "host/net/ethtool_port.h"

#include "base/handle.h"
#include "host/net/connection_path.h"
#include "host/net/ethtool_codec.h"
#include "host/net/genl_socket.h"
#include "host/net/netdev_queues.h"
#include "host/net/netlink_request.h"
#include "host/net/network_namespace.h"

#include <fmt/format.h>

#include <linux/ethtool.h>
#include <linux/ethtool_netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

namespace tuner {
namespace {

using Duration = std::chrono::steady_clock::duration;

tl::unexpected<Error> refusal(int errno_value, std::string_view doing, std::string_view remark) {
  return fail(kernel_refusal(errno_value, doing, remark));
}

constexpr GenlFamily kEthtool{.name = ETHTOOL_GENL_NAME,
                              .version = ETHTOOL_GENL_VERSION,
                              .title = "ethtool netlink",
                              .needs = "it needs Linux 5.6 or later with CONFIG_ETHTOOL_NETLINK"};

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

  Result<KernelQueues> kernel_queues(std::string_view nic) const override {
    return queues_.of(nic, limit_);
  }

  void set_reply_timeout(std::optional<Duration> limit) override {
    limit_ = std::min<Duration>(limit.value_or(kReplyTimeout), kReplyTimeout);
  }

  Result<std::string> network_namespace() const override { return this_network_namespace(); }

  // By ioctl(2): over netlink (IFLA_PERM_ADDRESS) it needs a link dump or a larger request.
  Result<std::string> permanent_address(std::string_view nic) const override {
    const auto doing = fmt::format("read the permanent address of {}", nic);
    // 32 is the longest address of any device (MAX_ADDR_LEN, include/linux/netdevice.h).
    alignas(ethtool_perm_addr) std::array<std::byte, sizeof(ethtool_perm_addr) + 32> request{};
    const ethtool_perm_addr question{.cmd = ETHTOOL_GPERMADDR, .size = 32};
    std::memcpy(request.data(), &question, sizeof(question));
    ifreq interface {};
    if (nic.size() >= sizeof(interface.ifr_name)) return refusal(ENODEV, doing, "name too long");
    nic.copy(interface.ifr_name, nic.size());
    interface.ifr_data = reinterpret_cast<char*>(request.data());
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    int error = errno;
    if (!socket) return refusal(error, doing, "");
    const int answer = ::ioctl(socket.get(), SIOCETHTOOL, &interface);
    error = errno;
    if (answer < 0) return refusal(error, doing, "");
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
      auto opened = TRY(GenlSocket::open(kEthtool, limit_));
      socket_ = std::move(opened);
    }
    return socket_->call(command, request.bytes(), doing, limit_);
  }

  Duration limit_ = kReplyTimeout;

  // mutable: const functions open it on demand. Queries do not change the machine.
  mutable std::optional<GenlSocket> socket_;
  mutable NetdevQueues queues_;
};

}  // namespace

std::unique_ptr<NicPort> ethtool_port() {
  return std::make_unique<EthtoolPort>();
}

}  // namespace tuner
