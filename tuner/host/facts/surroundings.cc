#include "host/facts/surroundings.h"

#include "base/number.h"
#include "base/text.h"
#include "host/facts/deny_list.h"
#include "host/facts/idle_states.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using Part = UnreadSurroundings::Part;

// In order of priority, as modules-load.d(5) has them.
constexpr std::array<std::string_view, 5> kModulesLoadFolders{
    "/etc/modules-load.d", "/run/modules-load.d", "/usr/local/lib/modules-load.d",
    "/usr/lib/modules-load.d", "/lib/modules-load.d"};
// systemd treats '-' and '_' alike in the kernel's command line.
constexpr std::array<std::string_view, 2> kBootOptions{"modules_load=", "modules-load="};

// Files of systemd-modules-load and, of Debian, of kmod's own service.
std::optional<ConfigPlace> loaded_by(const FileTree& files, const std::string& path) {
  const auto text = files.read(path);
  if (!text) return std::nullopt;
  int number = 0;
  for (const std::string_view line : lines(*text)) {
    ++number;
    const auto words = split_whitespace(line);
    if (!words.empty() && same_module(words.front(), "tls"))
      return ConfigPlace{.file = path, .line = number};
  }
  return std::nullopt;
}

std::optional<ConfigPlace> loaded_at_boot(const FileTree& files) {
  for (const auto& [name, path] : configuration_files(files, kModulesLoadFolders, ".conf")) {
    if (auto place = loaded_by(files, path)) return place;
  }
  if (auto place = loaded_by(files, "/etc/modules")) return place;
  const auto command_line = files.read("/proc/cmdline");
  if (!command_line) return std::nullopt;
  for (const std::string_view word : split_whitespace(*command_line)) {
    for (const std::string_view option : kBootOptions) {
      if (!word.starts_with(option)) continue;
      const auto modules = split(word.substr(option.size()), ',');
      if (std::ranges::any_of(modules, [](auto name) { return same_module(name, "tls"); }))
        return ConfigPlace{.file = "/proc/cmdline", .line = 1};
    }
  }
  return std::nullopt;
}

// "8.0 GT/s PCIe" is 80 tenths; 0: "Unknown", as of most virtual devices.
int tenths(std::string_view speed) {
  const auto point = speed.find('.');
  const auto whole = whole_number<int>(speed.substr(0, point), 0, 1000);
  if (!whole || point == std::string_view::npos || point + 1 >= speed.size()) return 0;
  const char digit = speed[point + 1];
  return digit >= '0' && digit <= '9' ? *whole * 10 + (digit - '0') : 0;
}

// The link is as fast as the slower of its two ends, the NIC and the port above it.
std::optional<SlowLink> slow_link(const FileTree& files, const Nic& nic) {
  const auto function = files.resolve(fmt::format("/sys/bus/pci/devices/{}", nic.bus_address));
  if (!function) return std::nullopt;
  const auto word = [&](std::string_view folder, std::string_view name) {
    return read_word(files, fmt::format("{}/{}", folder, name));
  };
  SlowLink link{.nic = nic.name,
                .speed = word(*function, "current_link_speed"),
                .max_speed = word(*function, "max_link_speed"),
                .width = read_integer(files, *function + "/current_link_width").value_or(0),
                .max_width = read_integer(files, *function + "/max_link_width").value_or(0)};
  const std::string_view port = parent_of(*function);
  const std::string port_speed = word(port, "max_link_speed");
  if (tenths(port_speed) > 0 && tenths(port_speed) < tenths(link.max_speed))
    link.max_speed = port_speed;
  const int port_width = read_integer(files, fmt::format("{}/max_link_width", port)).value_or(0);
  if (port_width > 0) link.max_width = std::min(link.max_width, port_width);
  const bool known = tenths(link.speed) > 0 && link.width > 0;
  const bool slow = tenths(link.speed) < tenths(link.max_speed) || link.width < link.max_width;
  return known && slow ? std::optional(link) : std::nullopt;
}

// server:/share /mnt nfs4 rw,xprtsec=mtls,…
void add_mounts(const FileTree& files, std::vector<std::string>& users) {
  const auto text = files.read("/proc/self/mounts");
  if (!text) return;
  for (const std::string_view line : lines(*text)) {
    const auto words = split_whitespace(line);
    if (words.size() < 4 || !words[2].starts_with("nfs")) continue;
    const auto options = split(words[3], ',');
    if (std::ranges::any_of(options, [](std::string_view option) {
          return option == "xprtsec=tls" || option == "xprtsec=mtls";
        }))
      users.emplace_back(words[1]);
  }
}

// /srv/data 10.0.0.0/8(rw,xprtsec=tls:mtls)
void add_exports(const FileTree& files, const std::string& path, std::vector<std::string>& users) {
  const auto text = files.read(path);
  if (!text) return;
  for (const std::string_view line : lines(*text)) {
    const auto words = split_whitespace(line);
    const auto options = line.find("xprtsec=");
    if (words.empty() || words[0].starts_with('#') || options == std::string_view::npos) continue;
    const auto flavours = line.substr(options, line.find_first_of(",)", options) - options);
    if (flavours.find("tls") != std::string_view::npos)
      users.push_back(fmt::format("export {}", words[0]));
  }
}

void add_exports(const FileTree& files, std::vector<std::string>& users) {
  add_exports(files, "/etc/exports", users);
  for (const std::string& name : list_or_none(files, "/etc/exports.d"))
    if (name.ends_with(".exports")) add_exports(files, "/etc/exports.d/" + name, users);
}

// nvme connect --tls: the controller then has the key that it wants, and the one that it got
// (drivers/nvme/host/sysfs.c).
void add_nvme(const FileTree& files, std::vector<std::string>& users) {
  for (const int number : list_numbered(files, "/sys/class/nvme", "nvme")) {
    const std::string folder = fmt::format("/sys/class/nvme/nvme{}", number);
    if (read_word(files, folder + "/transport") != "tcp") continue;
    if (files.exists(folder + "/tls_configured_key") ||
        !read_word(files, folder + "/tls_key").empty())
      users.push_back(fmt::format("nvme{}", number));
  }
  constexpr std::string_view kPorts = "/sys/kernel/config/nvmet/ports";
  for (const std::string& port : list_or_none(files, kPorts))
    if (read_word(files, fmt::format("{}/{}/addr_tsas", kPorts, port)) == "tls1.3")
      users.push_back(fmt::format("NVMe target port {}", port));
}

bool runs(const FileTree& files, std::string_view name) {
  return std::ranges::any_of(list_numbered(files, "/proc", ""), [&](int pid) {
    return read_word(files, fmt::format("/proc/{}/comm", pid)) == name;
  });
}

// systemd(1), "The container interface"; Docker and Podman have files of their own.
std::string container_of(const FileTree& files) {
  std::string told = read_word(files, "/run/systemd/container");
  if (!told.empty()) return told;
  if (files.exists("/.dockerenv")) return "docker";
  return files.exists("/run/.containerenv") ? "podman" : "";
}

// The CPU tells that a hypervisor is there (CPUID 1, ECX bit 31: 4 * 32 + 31 in the modalias of
// arch/x86/kernel/cpu/match.c). Of other processors nothing is known.
std::string virtual_machine(const FileTree& files) {
  const std::string alias = read_word(files, "/sys/devices/system/cpu/modalias");
  const auto features = alias.find(":feature:");
  if (!alias.starts_with("cpu:type:x86") || features == std::string::npos) return {};
  if (alias.find(",009F", features) == std::string::npos) return {};
  const std::string vendor = read_word(files, "/sys/class/dmi/id/sys_vendor");
  return vendor.empty() ? "unknown hypervisor" : vendor;
}

// TAINT_DIE and TAINT_WARN (include/linux/panic.h). Writing the file only adds bits.
bool has_warned(const FileTree& files) {
  constexpr int kDie = 1 << 7;
  constexpr int kWarn = 1 << 9;
  return (read_integer(files, "/proc/sys/kernel/tainted").value_or(0) & (kDie | kWarn)) != 0;
}

}  // namespace

Surroundings collect_surroundings(const Host& host, const NicList& nics) {
  const FileTree& files = host.files();
  Surroundings found;
  const auto look = [&](Part part, auto&& read) {
    const ReadLog::Mark mark = host.reads().mark();
    read();
    if (auto error = host.reads().failed_since(mark)) found.unread.push_back({part, *error});
    if (auto error = host.reads().unrecorded_since(mark)) found.unread.push_back({part, *error});
  };
  look(Part::Boot, [&] { found.tls_at_boot = loaded_at_boot(files); });
  look(Part::Links, [&] {
    for (const Nic& nic : nics) {
      if (nic.bus_address.empty()) continue;
      if (auto link = slow_link(files, nic)) found.slow_links.push_back(std::move(*link));
    }
  });
  look(Part::Consumers, [&] {
    add_mounts(files, found.kernel_users);
    add_exports(files, found.kernel_users);
    add_nvme(files, found.kernel_users);
    // Every process is looked at only if something needs tlshd.
    found.tlshd = !found.kernel_users.empty() && runs(files, "tlshd");
  });
  look(Part::System, [&] {
    found.fips = read_word(files, "/proc/sys/crypto/fips_enabled") == "1";
    found.container = container_of(files);
    found.virtual_machine = virtual_machine(files);
  });
  look(Part::Idle, [&] { found.deep_idle = deep_idle(files); });
  look(Part::Warnings, [&] { found.warned = has_warned(files); });
  return found;
}

}  // namespace tuner
