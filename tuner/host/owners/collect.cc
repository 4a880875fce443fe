#include "base/text.h"
#include "host/facts/neighbours.h"
#include "host/facts/parts.h"
#include "host/owners/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace tuner {
namespace {

// Sysctls that bpftune's tuners write on demand (src/*_tuner.c, 2026-08). bpftune stops writing one
// if another program writes it (bpftune-sysctl(8)).
constexpr std::array<std::string_view, 22> kBpftuneSysctls{
    "net.core.flow_limit_cpu_bitmap",
    "net.core.high_order_alloc_disable",
    "net.core.netdev_budget",
    "net.core.netdev_budget_usecs",
    "net.core.netdev_max_backlog",
    "net.core.rmem_default",
    "net.core.rmem_max",
    "net.ipv4.ipfrag_high_thresh",
    "net.ipv4.neigh.default.gc_thresh?",
    "net.ipv4.tcp_allowed_congestion_control",
    "net.ipv4.tcp_max_syn_backlog",
    "net.ipv4.tcp_mem",
    "net.ipv4.tcp_moderate_rcvbuf",
    "net.ipv4.tcp_no_metrics_save",
    "net.ipv4.tcp_no_ssthresh_metrics_save",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
    "net.ipv4.udp_mem",
    "net.ipv6.ip6frag_high_thresh",
    "net.ipv6.neigh.default.gc_thresh?",
    "net.ipv6.route.max_size",
};

ExternalSetting setting_of(const Neighbour& program, std::string_view knob,
                           std::string_view setting) {
  return {.who = program.name,
          .where = fmt::format("pid {}", program.pid),
          .knob = std::string(knob),
          .setting = std::string(setting)};
}

void add_programs(const Facts& facts, std::vector<ExternalSetting>& external_settings) {
  if (const Neighbour* bpftune = facts.neighbour("bpftune")) {
    for (const std::string_view name : kBpftuneSysctls)
      external_settings.push_back(setting_of(*bpftune, "sysctl", name));
  }
  if (const Neighbour* irqbalance = facts.neighbour("irqbalance"))
    external_settings.push_back(setting_of(*irqbalance, "irq_affinity", "*"));
}

// google_set_multiqueue (GoogleCloudPlatform/guest-configs, 2026) writes each interrupt of these
// drivers, and channels and rings of idpf. It writes XPS too, but only on machine types with
// accelerators, which no file tells; so XPS is not named.
void add_guest_agent(const FileTree& files, const Facts& facts,
                     std::vector<ExternalSetting>& external_settings) {
  const Neighbour* agent = facts.neighbour(kGuestAgent);
  if (agent == nullptr || !guest_agent_sets_queues(files)) return;
  const auto add = [&](const Nic& nic, std::string_view knob, std::string_view setting) {
    external_settings.push_back(setting_of(*agent, knob, setting));
    external_settings.back().nic = nic.name;
  };
  for (const Nic& nic : facts.nics) {
    if (nic.driver == "virtio_net" || nic.driver == "gve" || nic.driver == "idpf")
      add(nic, "irq_affinity", "*");
    if (nic.driver != "idpf") continue;
    add(nic, "nic_channels", "combined");
    add(nic, "nic_rings", "rx");
    add(nic, "nic_rings", "tx");
  }
}

}  // namespace

// The last one counts and stands where it was made. An index instead of a search: 10,000 files of
// sysctl.d once cost 50 million comparisons.
void LastPerSetting::add(ExternalSetting external) {
  const auto [place, is_new] = places_.try_emplace(
      fmt::format("{}\n{}\n{}", external.knob, external.nic, external.setting), external_.size());
  if (!is_new) external_[place->second].reset();
  place->second = external_.size();
  external_.emplace_back(std::move(external));
}

std::vector<ExternalSetting> LastPerSetting::take() {
  std::vector<ExternalSetting> kept;
  for (std::optional<ExternalSetting>& external : external_) {
    if (external) kept.push_back(std::move(*external));
  }
  return kept;
}

void append(std::vector<ExternalSetting>& external_settings, std::vector<ExternalSetting> more) {
  std::ranges::move(more, std::back_inserter(external_settings));
}

// In the order in which the settings are made. A running daemon is last, because its settings win.
std::vector<ExternalSetting> collect_external_settings(const FileTree& files, const Facts& facts) {
  std::vector<ExternalSetting> external_settings;
  add_sysctl_files(files, external_settings);
  add_link_files(files, facts, external_settings);
  add_udev_rules(files, facts, external_settings);
  // Files of a daemon that does not run set nothing. sysctl.d and .link files are applied at boot
  // by programs that end.
  if (facts.neighbour("NetworkManager") != nullptr)
    add_network_manager(files, facts, external_settings);
  if (facts.neighbour("tuned") != nullptr) add_tuned(files, facts, external_settings);
  add_guest_agent(files, facts, external_settings);
  add_programs(facts, external_settings);
  return external_settings;
}

}  // namespace tuner
