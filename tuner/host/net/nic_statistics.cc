#include "host/net/nic_statistics.h"

#include "base/handle.h"
#include "base/text.h"
#include "host/process/guarded_memory.h"

#include <fmt/format.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace tuner {
namespace {

// Limit for the number of statistics, which comes from the driver. mlx5 with 128 queues has 8,000.
constexpr std::uint32_t kMost = 1U << 18U;
constexpr int kTries = 5;

// A command followed by space for the reply. Kernels before 6.19 (7b07be1ff1cb "ethtool: Avoid
// overflowing userspace buffer on stats query", also in stable kernels since January 2026) ignore
// the requested number and copy as many entries as the driver has at that moment
// (net/ethtool/ioctl.c, ethtool_get_stats and ethtool_get_strings). mlx5 has more of them after its
// number of channels was raised. So the buffer has space for kMost entries, followed by a guard
// page: a longer reply is EFAULT.
class Request {
 public:
  template <typename Head>
  static Result<Request> make(const Head& head, std::size_t size_of_one) {
    auto memory = GuardedMemory::make(sizeof head + std::size_t{kMost} * size_of_one);
    if (!memory) return fail(memory.error());
    std::memcpy(memory->bytes().data(), &head, sizeof head);
    return Request(std::move(*memory));
  }

  template <typename Head>
  Head head() const {
    Head head;
    std::memcpy(&head, memory_.bytes().data(), sizeof head);
    return head;
  }

  std::span<const std::byte> behind(std::size_t head, std::size_t size) const {
    return memory_.bytes().subspan(head, size);
  }

  void* data() { return memory_.bytes().data(); }

 private:
  explicit Request(GuardedMemory memory) : memory_(std::move(memory)) {}
  GuardedMemory memory_;
};

Outcome ask(const EthtoolCall& call, Request& request, std::string_view doing) {
  if (const int error = call(request.data()); error != 0) return fail(errno_error(error, doing));
  return {};
}

// The number of statistics, by ETHTOOL_GSSET_INFO.
Result<std::uint32_t> count(const EthtoolCall& call, std::string_view doing) {
  const ethtool_sset_info head{.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_STATS};
  auto request = TRY(Request::make(head, sizeof(std::uint32_t)));
  TRY(ask(call, request, doing));
  std::uint32_t number = 0;
  std::memcpy(&number, request.behind(sizeof head, sizeof number).data(), sizeof number);
  // The kernel clears the bit of a set that the driver does not have.
  if (request.head<ethtool_sset_info>().sset_mask == 0) number = 0;
  if (number > 0 && number <= kMost) return number;
  return fail(Fault::Unsupported, fmt::format("{}: its driver has no statistics", doing));
}

// nullopt: the driver's number of statistics has changed. Newer kernels then return the number 0,
// older ones the new number.
Result<std::optional<Request>> names(const EthtoolCall& call, std::uint32_t count,
                                     std::string_view doing) {
  const ethtool_gstrings head{.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_STATS, .len = count};
  auto request = TRY(Request::make(head, ETH_GSTRING_LEN));
  TRY(ask(call, request, doing));
  if (request.head<ethtool_gstrings>().len != count) return std::optional<Request>();
  return std::optional<Request>(std::move(request));
}

Result<std::optional<Request>> values(const EthtoolCall& call, std::uint32_t count,
                                      std::string_view doing) {
  const ethtool_stats head{.cmd = ETHTOOL_GSTATS, .n_stats = count};
  auto request = TRY(Request::make(head, sizeof(std::uint64_t)));
  TRY(ask(call, request, doing));
  if (request.head<ethtool_stats>().n_stats != count) return std::optional<Request>();
  return std::optional<Request>(std::move(request));
}

std::span<const std::byte> name_bytes(const Request& names, std::uint32_t count) {
  return names.behind(sizeof(ethtool_gstrings), std::size_t{count} * ETH_GSTRING_LEN);
}

// The kernel locks each ioctl(2) separately, so the driver's statistics may change between two of
// them. The names are read before and after the values. If they differ, they may not belong to the
// values: nullopt.
Result<std::optional<NicStatistics>> read_once(const EthtoolCall& call, std::string_view doing) {
  const auto number = TRY(count(call, doing));
  const auto before = TRY(names(call, number, doing));
  if (!before) return std::optional<NicStatistics>();
  const auto counted = TRY(values(call, number, doing));
  const auto after = TRY(names(call, number, doing));
  if (!counted || !after ||
      !std::ranges::equal(name_bytes(*before, number), name_bytes(*after, number)))
    return std::optional<NicStatistics>();
  std::vector<std::uint64_t> numbers(number);
  const auto bytes = (counted)->behind(sizeof(ethtool_stats), number * sizeof(std::uint64_t));
  std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return std::optional(decode_statistics(name_bytes(*before, number), numbers));
}

}  // namespace

NicStatistics decode_statistics(std::span<const std::byte> names,
                                std::span<const std::uint64_t> values) {
  NicStatistics statistics;
  const std::size_t count = std::min(names.size() / ETH_GSTRING_LEN, values.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto bytes = names.subspan(i * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
    std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    // cxgb4 fills its names up with blanks: "tx_tls_ctx              ".
    name = trim(name.substr(0, name.find('\0')));
    if (!name.empty()) statistics[std::string(name)] += values[i];
  }
  return statistics;
}

Result<NicStatistics> read_statistics(const EthtoolCall& call, std::string_view doing) {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    auto statistics = TRY(read_once(call, doing));
    if (statistics) return std::move(*statistics);
  }
  return fail(Fault::Busy,
              fmt::format("{}: they changed during each of {} attempts", doing, kTries),
              "try again when its channels are not being changed");
}

Result<NicStatistics> nic_statistics(std::string_view nic) {
  ifreq interface {};
  const auto doing = fmt::format("read the statistics of {}", nic);
  if (nic.size() >= sizeof interface.ifr_name) return fail(errno_error(ENODEV, doing));
  nic.copy(interface.ifr_name, nic.size());
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return fail(errno_error(errno, doing));
  const auto call = [&](void* command) {
    interface.ifr_data = static_cast<char*>(command);
    return ::ioctl(socket.get(), SIOCETHTOOL, &interface) == 0 ? 0 : errno;
  };
  return read_statistics(call, doing);
}

}  // namespace tuner
