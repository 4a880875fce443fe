#include "model/sysctl/sysctl_defaults.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using Kind = SysctlDefault::Kind;

constexpr std::string_view kIp = "ip-sysctl.rst";
constexpr std::string_view kNet = "net.rst";

template <std::int64_t... kNumbers>
constexpr std::array<std::int64_t, sizeof...(kNumbers)> kList{kNumbers...};

constexpr SysctlDefault choice(std::string_view name, std::span<const std::int64_t> value,
                               std::string_view since, std::string_view source) {
  return {.name = name, .kind = Kind::Choice, .value = value, .since = since, .source = source};
}

constexpr SysctlDefault limit(std::string_view name, std::span<const std::int64_t> value,
                              std::string_view since, std::string_view source,
                              std::span<const std::int64_t> newer = {}) {
  return {.name = name,
          .kind = Kind::Limit,
          .value = value,
          .since = since,
          .source = source,
          .newer = newer};
}

// What every kernel since 6.1 has, and what newer ones raised.
constexpr std::array kRows = {
    limit("fs.nr_open", kList<1048576>, "", "fs.rst"),
    limit("net.core.netdev_budget", kList<300>, "", kNet),
    limit("net.core.netdev_max_backlog", kList<1000>, "", kNet),
    limit("net.core.optmem_max", kList<20480>, "", "net/core/sock.c, sysctl_optmem_max"),
    limit("net.core.rmem_max", kList<212992>, "", "net/core/sock.c, SK_RMEM_MAX"),
    limit("net.core.somaxconn", kList<4096>, "5.4", "include/linux/socket.h, SOMAXCONN"),
    limit("net.core.wmem_max", kList<212992>, "", "net/core/sock.c, SK_WMEM_MAX"),
    choice("net.ipv4.ip_local_port_range", kList<32768, 60999>, "", kIp),
    choice("net.ipv4.tcp_ecn", kList<2>, "", kIp),
    choice("net.ipv4.tcp_fin_timeout", kList<60>, "", kIp),
    choice("net.ipv4.tcp_keepalive_intvl", kList<75>, "", kIp),
    choice("net.ipv4.tcp_keepalive_probes", kList<9>, "", kIp),
    choice("net.ipv4.tcp_keepalive_time", kList<7200>, "", kIp),
    choice("net.ipv4.tcp_moderate_rcvbuf", kList<1>, "", kIp),
    choice("net.ipv4.tcp_retries2", kList<15>, "", kIp),
    limit("net.ipv4.tcp_rmem", kList<4096, 131072, 6291456>, "",
          "ip-sysctl.rst; commit 572be9bf9d0d", kList<4096, 131072, 33554432>),
    choice("net.ipv4.tcp_sack", kList<1>, "", kIp),
    choice("net.ipv4.tcp_slow_start_after_idle", kList<1>, "", kIp),
    choice("net.ipv4.tcp_syn_retries", kList<6>, "", kIp),
    choice("net.ipv4.tcp_synack_retries", kList<5>, "", kIp),
    choice("net.ipv4.tcp_syncookies", kList<1>, "", kIp),
    choice("net.ipv4.tcp_timestamps", kList<1>, "", kIp),
    choice("net.ipv4.tcp_tw_reuse", kList<2>, "", kIp),
    choice("net.ipv4.tcp_window_scaling", kList<1>, "", kIp),
    limit("net.ipv4.tcp_wmem", kList<4096, 16384, 4194304>, "", kIp),
};
static_assert(std::ranges::is_sorted(kRows, {}, &SysctlDefault::name));

Integers numbers_of(const Value& value) {
  if (const auto* one = std::get_if<std::int64_t>(&value)) return {*one};
  if (const auto* many = std::get_if<Integers>(&value)) return *many;
  return {};
}

std::optional<std::string> lowered(const Integers& numbers, std::span<const std::int64_t> value,
                                   std::string_view since) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (numbers[i] < value[i])
      return fmt::format("it lowers the kernel's default{} from {} to {}; at_least never lowers it",
                         since, value[i], numbers[i]);
  }
  return std::nullopt;
}

}  // namespace

std::span<const SysctlDefault> sysctl_defaults() {
  return kRows;
}

std::optional<std::string> note_on_default(std::string_view canonical_name, const Goal& goal) {
  const auto* const row = std::ranges::find(kRows, canonical_name, &SysctlDefault::name);
  const Integers numbers = numbers_of(goal.value);
  if (row == kRows.end() || numbers.size() != row->value.size()) return std::nullopt;
  const std::string since = row->since.empty() ? "" : fmt::format(" since Linux {}", row->since);
  if (goal.op == Goal::Op::Exactly && std::ranges::equal(numbers, row->value))
    return fmt::format("it is the kernel's default{}: better left alone", since);
  // at_least lowers nothing.
  if (row->kind != Kind::Limit || goal.op == Goal::Op::AtLeast) return std::nullopt;
  if (auto lower = lowered(numbers, row->value, since)) return lower;
  return lowered(numbers, row->newer, " since mid-2025");
}

}  // namespace tuner
