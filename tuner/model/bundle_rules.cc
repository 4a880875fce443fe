#include "model/bundle_rules.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace tuner {
namespace {

// Build options that facts read: kernel_config.h, and those of NIC drivers (model/nic_drivers.cc).
constexpr std::string_view kConfig =
    "CONFIG_*TLS*=*\n# CONFIG_*TLS* is not set\nCONFIG_MODULES=*\nCONFIG_CPU_FREQ=*\n"
    "CONFIG_INET_TCP_DIAG=*\nCONFIG_MODULE_SIG_FORCE=*\n# CONFIG_MODULES is not set\n"
    "# CONFIG_CPU_FREQ is not set\n# CONFIG_INET_TCP_DIAG is not set\n"
    "# CONFIG_MODULE_SIG_FORCE is not set";
constexpr std::string_view kSysctls =
    "net.*\nnet/*\n-net.*\n-net/*\nvm.*\n-vm.*\nfs.*\n-fs.*\nkernel.*\n-kernel.*";
constexpr std::string_view kUdev = "*ethtool*";
constexpr std::string_view kLink =
    "[*]\nReceive*=*\nTransmit*=*\nGeneric*=*\nPartialGeneric*=*\nTCP*=*\nLarge*=*\nNTuple*=*\n"
    "Rx*=*\nTx*=*\nOther*=*\nCombined*=*\nUseAdaptive*=*\nIRQAffinity*=*";
// A file of modules-load.d has one module a line; comments are no part of the line that counts.
constexpr std::string_view kModules = "tls\ntls #*\ntls ;*";
constexpr std::string_view kConnection =
    "[connection]\n[ethtool]\nuuid=*\ninterface-name=*\nfeature-*=*\nring-*=*\ncoalesce-*=*\n"
    "channels-*=*";

constexpr std::array kRules{
    // The kernel's own secrets first: they would match a row below.
    BundleRule{"/proc/sys/*_key"},
    BundleRule{"/proc/sys/*secret*"},
    // These can only be written.
    BundleRule{"/proc/sys/vm/compact_memory"},
    BundleRule{"/proc/sys/vm/drop_caches"},
    // Of processes, to find the login session's connection.
    BundleRule{"/proc/*/environ"},
    BundleRule{"/proc/*/status"},
    BundleRule{"/proc/sys/kernel/hostname", Keep::HostName},
    BundleRule{"/proc/sys/kernel/osrelease", Keep::FirstLine},
    BundleRule{"/proc/sys/kernel/version", Keep::FirstLine},
    BundleRule{"/proc/sys/kernel/random/boot_id", Keep::FirstLine},
    BundleRule{"/proc/sys/kernel/modules_disabled", Keep::FirstLine},
    BundleRule{"/proc/sys/kernel/numa_balancing", Keep::FirstLine},
    BundleRule{"/proc/sys/net/core/*", Keep::FirstLine},
    BundleRule{"/proc/sys/net/ipv4/*", Keep::FirstLine},
    BundleRule{"/proc/sys/vm/*", Keep::FirstLine},
    BundleRule{"/proc/cmdline", Keep::Options},
    BundleRule{"/proc/config.gz", Keep::Lines, kConfig},
    BundleRule{"/proc/crypto", Keep::Lines,
               "name *:*\ndriver *:*\nmodule *:*\npriority *:*\nrefcnt *:*\nselftest *:*\n"
               "internal *:*\ntype *:*\nasync *:*\nfips*:*"},
    BundleRule{"/proc/interrupts", Keep::Lines, "CPU*\n*:*"},
    BundleRule{"/proc/irq/*", Keep::FirstLine},
    BundleRule{"/proc/net/tls_stat", Keep::Lines, "Tls*"},
    BundleRule{"/proc/sys/kernel/tainted", Keep::FirstLine},
    BundleRule{"/proc/net/route", Keep::Routes},
    BundleRule{"/proc/net/ipv6_route", Keep::Routes},
    BundleRule{"/proc/self/mounts", Keep::Mounts},
    BundleRule{"/proc/sys/crypto/fips_enabled", Keep::FirstLine},
    BundleRule{"/proc/net/unix", Keep::Lines, "*irqbalance*.sock"},
    BundleRule{"/proc/*/comm", Keep::FirstLine},
    BundleRule{"/sys/class/net/*/address"},
    BundleRule{"/sys/devices/*/uevent", Keep::Lines, "DEVTYPE=*\nIFINDEX=*\nINTERFACE=*\nDRIVER=*"},
    BundleRule{"/sys/class/net/*/uevent", Keep::Lines,
               "DEVTYPE=*\nIFINDEX=*\nINTERFACE=*\nDRIVER=*"},
    BundleRule{"/sys/fs/cgroup/*/cgroup.procs", Keep::Numbers},
    BundleRule{"/sys/*", Keep::FirstLine},
    BundleRule{"/boot/config-*", Keep::Lines, kConfig},
    BundleRule{"*/lib/modules/*/config", Keep::Lines, kConfig},
    BundleRule{"*/lib/modules/*/modules.dep", Keep::ModuleNames},
    BundleRule{"*/lib/modules/*/modules.builtin", Keep::ModuleNames},
    BundleRule{"*/modprobe.d/*", Keep::Install},
    BundleRule{"*/modules-load.d/*", Keep::Lines, kModules},
    BundleRule{"/etc/modules", Keep::Lines, kModules},
    BundleRule{"/run/systemd/container", Keep::FirstLine},
    BundleRule{"*/sysctl.d/*", Keep::Lines, kSysctls},
    BundleRule{"/etc/sysctl.conf", Keep::Lines, kSysctls},
    BundleRule{"/etc/default/instance_configs.cfg*", Keep::Lines, "[*]\nset_multiqueue*"},
    BundleRule{"*/udev/rules.d/*", Keep::Lines, kUdev},
    BundleRule{"/run/udev/data/n*", Keep::Lines, "E:ID_NET_LINK_FILE*"},
    BundleRule{"*.link", Keep::Lines, kLink},
    BundleRule{"*.link.d/*", Keep::Lines, kLink},
    BundleRule{"*/NetworkManager/system-connections/*", Keep::Lines, kConnection},
    BundleRule{"/run/NetworkManager/devices/*", Keep::Lines, "[device]\nconnection-uuid=*"},
    BundleRule{"*/tuned/*", Keep::Whole},
    BundleRule{"/run/*.pid", Keep::FirstLine},
    BundleRule{"/run/irqbalance/*", Keep::Presence},
};
constexpr BundleRule kNone{};

bool any_matches(std::string_view patterns, std::string_view line) {
  const std::string_view trimmed = trim(line);
  return std::ranges::any_of(split(patterns, '\n'), [&](std::string_view pattern) {
    return glob_match(pattern, trimmed);
  });
}

// "install tls /bin/false": deny-lists are told by the program. What stands behind it may be
// anything.
std::string install_line(std::string_view line) {
  const auto words = split_whitespace(line);
  if (words.size() < 2) return {};
  if (words[0] == "blacklist") return fmt::format("blacklist {}", words[1]);
  if (words[0] != "install") return {};
  if (words.size() == 2) return fmt::format("install {}", words[1]);
  return fmt::format("install {} {}{}", words[1], words[2], words.size() > 3 ? " ..." : "");
}

bool is_address(std::string_view word) {
  return (word.size() == 8 || word.size() == 32) &&
         word.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

// Only default routes: of others the destination is a network of the host. Next hops become zero.
std::string route_line(std::string_view line) {
  const auto words = split_whitespace(line);
  const auto is_zero = [](std::string_view word) {
    return word.find_first_not_of('0') == std::string_view::npos;
  };
  const bool v6 = words.size() == 10 && words[0].size() == 32;
  const bool v4 = words.size() >= 8 && words[1].size() == 8 && is_address(words[1]);
  if (!v6 && !v4) return words.empty() || words[0] != "Iface" ? std::string() : std::string(line);
  if (!is_zero(words[v6 ? 0 : 1])) return {};
  std::vector<std::string> kept(words.begin(), words.end());
  // Of IPv6 the source and the next hop, of IPv4 the gateway.
  for (const std::size_t hop : v6 ? std::vector<std::size_t>{2, 4} : std::vector<std::size_t>{2})
    kept[hop].assign(kept[hop].size(), '0');
  return join(kept, v6 ? " " : "\t");
}

std::string options(std::string_view text) {
  std::vector<std::string> kept;
  for (const std::string_view word : split_whitespace(text)) {
    constexpr std::array<std::string_view, 4> kOptions{
        "module_blacklist=", "modprobe.blacklist=", "modules_load=", "modules-load="};
    if (std::ranges::any_of(kOptions, [&](auto option) { return word.starts_with(option); }))
      kept.emplace_back(word);
  }
  return join(kept, " ");
}

// The server is a host, and other options may name addresses.
std::string mount_line(std::string_view line) {
  const auto words = split_whitespace(line);
  if (words.size() < 4 || !words[2].starts_with("nfs")) return {};
  for (const std::string_view option : split(words[3], ',')) {
    if (option == "xprtsec=tls" || option == "xprtsec=mtls")
      return fmt::format("server:/share {} nfs {} 0 0", words[1], option);
  }
  return {};
}

std::string kept_line(const BundleRule& rule, std::string_view line) {
  switch (rule.keep) {
    case Keep::Lines: return any_matches(rule.lines, line) ? std::string(line) : std::string();
    case Keep::Whole: return std::string(line);
    case Keep::Numbers:
      return line.find_first_not_of("0123456789") == std::string_view::npos ? std::string(line)
                                                                            : std::string();
    case Keep::ModuleNames: {
      const auto colon = line.find(':');
      return std::string(line.substr(0, colon)) + (colon == std::string_view::npos ? "" : ":");
    }
    case Keep::Install: return install_line(line);
    case Keep::Routes: return route_line(line);
    case Keep::Mounts: return mount_line(line);
    case Keep::Nothing:
    case Keep::FirstLine:
    case Keep::Options:
    case Keep::Presence:
    case Keep::Result:
    case Keep::HostName: break;
  }
  return {};
}

// A rule of udev may go on in the next line: it is kept or left as a whole.
std::string kept_lines(const BundleRule& rule, std::string_view text) {
  std::string result, whole;
  std::size_t count = 0;
  for (const std::string_view line : lines(text)) {
    whole.append(whole.empty() ? "" : "\n").append(line);
    ++count;
    if (rule.lines == kUdev && line.ends_with('\\')) continue;
    const std::string kept = kept_line(rule, whole);
    // A line that is left out leaves its end, so that the numbers of the other lines stay.
    result += kept + std::string(kept.empty() ? count : 1, '\n');
    whole.clear();
    count = 0;
  }
  return result + kept_line(rule, whole);
}

}  // namespace

const BundleRule& bundle_rule(std::string_view path) {
  const auto found = std::ranges::find_if(
      kRules, [&](const BundleRule& rule) { return glob_match(rule.path, path); });
  return found == kRules.end() ? kNone : *found;
}

std::string kept_text(const BundleRule& rule, std::string_view text, Scrubber& scrub) {
  switch (rule.keep) {
    case Keep::Nothing:
    case Keep::Result:
    case Keep::Presence: return {};
    case Keep::HostName: return "host\n";
    case Keep::Options: return scrub.text(options(text), Secrets::Remove) + "\n";
    case Keep::FirstLine: {
      const std::string_view first = text.substr(0, text.find('\n'));
      if (first.empty() && text.empty()) return {};
      return scrub.text(first, Secrets::Remove) + "\n";
    }
    case Keep::ModuleNames: return scrub.text(kept_lines(rule, text), Secrets::NoneHere);
    case Keep::Lines:
    case Keep::Whole:
    case Keep::Numbers:
    case Keep::Install:
    case Keep::Mounts:
    case Keep::Routes: break;
  }
  return scrub.text(kept_lines(rule, text), Secrets::Remove);
}

}  // namespace tuner
