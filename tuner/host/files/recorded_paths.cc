#include "host/files/recorded_paths.h"

#include "base/text.h"

#include <algorithm>

namespace tuner {
namespace {

// What scripts/capture-host read when recordings had no list of paths. Older recordings get this
// one, so that their missing files prove absence as before.
constexpr std::string_view kWithoutList = R"(
/proc/cmdline
/proc/config.gz
/proc/interrupts
/proc/irq/*
/proc/net/ipv6_route
/proc/net/route
/proc/net/tls_stat
/proc/net/unix
/proc/*/comm
/proc/self/*
/proc/sys/kernel/hostname
/proc/sys/kernel/modules_disabled
/proc/sys/kernel/numa_balancing
/proc/sys/kernel/osrelease
/proc/sys/kernel/random/boot_id
/proc/sys/net/core/*
/proc/sys/net/ipv4/ip_local_port_range
/proc/sys/net/ipv4/tcp_*
/sys/bus/pci/devices*
/sys/class/dmi/id/sys_vendor
/sys/class/net*
/sys/devices/*
/sys/fs/cgroup/*
/sys/kernel/irq*
/sys/kernel/security/lockdown
/sys/module/tls*
# Loaded congestion control modules are also listed in tcp_available_congestion_control.
/sys/module/tcp_*
/boot/config-*
/lib/modules*
/usr/lib/modules*
/etc/modprobe.d*
/run/modprobe.d*
/usr/local/lib/modprobe.d*
/usr/lib/modprobe.d*
/lib/modprobe.d*
/etc/sysctl.conf
/etc/sysctl.d*
/run/sysctl.d*
/usr/local/lib/sysctl.d*
/usr/lib/sysctl.d*
/lib/sysctl.d*
/run/irqbalance*
/run/systemd/system
/run/udev/data/*
/run/tuned*
/etc/tuned*
/usr/lib/tuned*
/run/NetworkManager*
/etc/NetworkManager*
/usr/lib/NetworkManager*
/run/bpftune.pid
)";

bool any_matches(const std::vector<std::string>& patterns, std::string_view path) {
  return std::ranges::any_of(patterns,
                             [&](const std::string& pattern) { return glob_match(pattern, path); });
}

}  // namespace

RecordedPaths RecordedPaths::parse(std::string_view text) {
  RecordedPaths list;
  for (std::string_view line : lines(text)) {
    line = trim(line);
    if (line.empty() || line.starts_with('#')) continue;
    // "!/sys/…": capture-host could not read it. Its absence in the recording proves nothing.
    if (line.starts_with('!'))
      list.failed_.emplace_back(line.substr(1));
    else
      list.looked_.emplace_back(line);
  }
  return list;
}

RecordedPaths RecordedPaths::without_list() {
  return parse(kWithoutList);
}

bool RecordedPaths::covers(std::string_view path) const {
  return any_matches(looked_, path) && !any_matches(failed_, path);
}

}  // namespace tuner
