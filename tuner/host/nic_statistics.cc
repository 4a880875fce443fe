#include "host/nic_statistics.h"

#include "base/handle.h"
#include "base/text.h"

#include <fmt/format.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace tuner {
namespace {

// mlx5 with 128 queues has 8,000; the number comes from a driver.
constexpr std::uint32_t kMost = 1U << 18U;

// A command with room for the answer behind it, in words that are aligned for every struct of it.
using Request = std::vector<std::uint64_t>;

template <typename Head>
Request request(const Head& head, std::size_t room) {
  Request made((sizeof head + room + 7) / 8);
  std::memcpy(made.data(), &head, sizeof head);
  return made;
}

template <typename Head>
Head head_of(const Request& request) {
  Head head;
  std::memcpy(&head, request.data(), sizeof head);
  return head;
}

class StatisticsPort {
 public:
  static Result<StatisticsPort> open(std::string_view nic) {
    ifreq interface {};
    const auto doing = fmt::format("read the statistics of {}", nic);
    if (nic.size() >= sizeof interface.ifr_name) return fail(errno_error(ENODEV, doing));
    UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) return fail(errno_error(errno, doing));
    nic.copy(interface.ifr_name, nic.size());
    return StatisticsPort(std::move(socket), interface, doing);
  }

  Outcome ask(Request& request) {
    interface_.ifr_data = reinterpret_cast<char*>(request.data());
    if (::ioctl(socket_.get(), SIOCETHTOOL, &interface_) == 0) return {};
    return fail(errno_error(errno, doing_));
  }

  // ETHTOOL_GSSET_INFO; old drivers have the number in ETHTOOL_GDRVINFO too, the kernel asks them
  // the same way.
  Result<std::uint32_t> count() {
    const ethtool_sset_info head{.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_STATS};
    Request asked = request(head, sizeof(std::uint32_t));
    if (auto done = ask(asked); !done) return fail(done.error());
    std::uint32_t number = 0;
    std::memcpy(&number, reinterpret_cast<const char*>(asked.data()) + sizeof head, sizeof number);
    // A set that the driver does not have is taken out of the mask.
    if (head_of<ethtool_sset_info>(asked).sset_mask == 0) number = 0;
    if (number > 0 && number <= kMost) return number;
    return fail(Fault::Unsupported, fmt::format("{}: its driver has none", doing_));
  }

 private:
  StatisticsPort(UniqueFd socket, const ifreq& interface, std::string doing)
      : socket_(std::move(socket)), interface_(interface), doing_(std::move(doing)) {}

  UniqueFd socket_;
  ifreq interface_;
  std::string doing_;
};

}  // namespace

NicStatistics decode_statistics(std::span<const std::byte> names,
                                std::span<const std::uint64_t> values) {
  NicStatistics statistics;
  const std::size_t count = std::min(names.size() / ETH_GSTRING_LEN, values.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto bytes = names.subspan(i * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
    std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    name = trim(name.substr(0, name.find('\0')));
    if (!name.empty()) statistics[std::string(name)] += values[i];
  }
  return statistics;
}

Result<NicStatistics> nic_statistics(std::string_view nic) {
  auto port = StatisticsPort::open(nic);
  if (!port) return fail(port.error());
  const auto count = port->count();
  if (!count) return fail(count.error());
  const ethtool_gstrings words{.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_STATS, .len = *count};
  Request names = request(words, std::size_t{*count} * ETH_GSTRING_LEN);
  if (auto done = port->ask(names); !done) return fail(done.error());
  const ethtool_stats numbers{.cmd = ETHTOOL_GSTATS, .n_stats = *count};
  Request values = request(numbers, std::size_t{*count} * sizeof(std::uint64_t));
  if (auto done = port->ask(values); !done) return fail(done.error());
  const std::size_t named = std::min(head_of<ethtool_gstrings>(names).len, *count);
  const std::size_t counted = std::min(head_of<ethtool_stats>(values).n_stats, *count);
  static_assert(sizeof(ethtool_stats) == sizeof(std::uint64_t));
  return decode_statistics(
      std::as_bytes(std::span(names)).subspan(sizeof words, named * ETH_GSTRING_LEN),
      std::span<const std::uint64_t>(values).subspan(1, counted));
}

}  // namespace tuner
