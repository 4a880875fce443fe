#include "base/number.h"
#include "base/text.h"
#include "host/facts/collect.h"
#include "host/facts/parts.h"
#include "host/facts/pci_address.h"
#include "host/facts/remote_session.h"
#include "host/files/small_files.h"
#include "host/net/routes.h"
#include "host/read_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace tuner {
namespace {

constexpr std::string_view kInterfaces = "/sys/class/net";
constexpr std::string_view kDevices = "/sys/devices";
constexpr std::string_view kLower = "lower_";

// DEVTYPE=vlan
// IFINDEX=7
std::string uevent_value(std::string_view uevent, std::string_view key) {
  for (const std::string_view line : lines(uevent)) {
    if (line.starts_with(key) && line.substr(key.size()).starts_with('='))
      return std::string(line.substr(key.size() + 1));
  }
  return {};
}

// "device" links to the hardware; virtio and SR-IOV functions have it, bridges, bonds and VLANs do
// not. DEVTYPE is set by the driver of a virtual device (SET_NETDEV_DEVTYPE).
std::string kind_of(const std::vector<std::string>& entries, std::string_view uevent) {
  if (std::ranges::count(entries, "device") > 0) return "physical";
  const std::string type = uevent_value(uevent, "DEVTYPE");
  if (type == "vlan") return "vlan";
  if (type == "bond" || std::ranges::count(entries, "bonding") > 0) return "bond";
  return "virtual";
}

// The device itself often has no numa_node (virtio, devices behind a bridge), so the nearest parent
// with the file decides, even if it has -1.
void read_numa_node(const FileTree& files, std::string_view device, Nic& nic) {
  for (std::string_view at = device; at.size() > kDevices.size(); at = parent_of(at)) {
    const std::string path = fmt::format("{}/numa_node", at);
    if (const auto node = read_integer(files, path)) {
      nic.numa_node = *node;
      nic.numa_node_source = path;
      return;
    }
  }
}

// 0x15b3
std::string hex_digits(std::string_view text) {
  const std::string_view digits = text.starts_with("0x") ? text.substr(2) : text;
  const bool is_hex = digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return is_hex ? std::string(digits) : std::string();
}

// Reads what distinguishes the cards of one driver: PCI IDs, whether it is a virtual function, and
// whether it is a switchdev port (for other interfaces reading phys_switch_id is EOPNOTSUPP).
void read_card(const FileTree& files, const std::string& folder, Nic& nic) {
  if (!nic.bus_address.empty()) {
    const std::string function = fmt::format("/sys/bus/pci/devices/{}", nic.bus_address);
    const std::string vendor = hex_digits(read_word(files, function + "/vendor"));
    const std::string device = hex_digits(read_word(files, function + "/device"));
    if (!vendor.empty() && !device.empty()) nic.pci_ids = fmt::format("{}:{}", vendor, device);
  }
  nic.virtual_function = files.resolve(folder + "/device/physfn").has_value();
  nic.switchdev = !read_word(files, folder + "/phys_switch_id").empty();
}

// mode: "802.3ad 4", xmit_hash_policy: "layer3+4 1"
void read_bond(const FileTree& files, const std::string& folder, Nic& nic) {
  const auto first_word = [&](std::string_view file) {
    const std::string text = read_word(files, fmt::format("{}/bonding/{}", folder, file));
    return text.substr(0, text.find(' '));
  };
  nic.bond_mode = first_word("mode");
  nic.bond_hash_policy = first_word("xmit_hash_policy");
}

void read_device(const Host& host, const std::string& folder, Nic& nic) {
  const FileTree& files = host.files();
  if (const auto driver = files.resolve(folder + "/device/driver")) nic.driver = base_name(*driver);
  if (const auto device = files.resolve(folder + "/device")) {
    nic.bus_address = nearest_pci_address(*device);
    nic.port = read_integer(files, folder + "/dev_port").value_or(0);
    read_numa_node(files, *device, nic);
  }
  read_card(files, folder, nic);
  nic.permanent_address = host.nics().permanent_address(nic.name).value_or("");
}

void count_queues(const FileTree& files, const std::string& folder, Nic& nic) {
  for (const std::string& queue : list_or_none(files, folder + "/queues")) {
    if (numbered(queue, "rx-")) ++nic.rx_queues;
    if (numbered(queue, "tx-")) ++nic.tx_queues;
  }
}

std::optional<Nic> read_nic(const Host& host, const std::string& name) {
  const FileTree& files = host.files();
  const std::string folder = fmt::format("{}/{}", kInterfaces, name);
  const auto entries = files.list(folder);
  if (!entries) return std::nullopt;  // bonding_masters (a file), or an interface just removed
  const std::string uevent = read_word(files, folder + "/uevent");
  Nic nic;
  nic.name = name;
  nic.kind = kind_of(*entries, uevent);
  nic.physical = nic.kind == "physical";
  // The uevent file was read for DEVTYPE anyway, so this saves a read per NIC.
  const auto ifindex = whole_number<int>(uevent_value(uevent, "IFINDEX"), 1);
  nic.ifindex = ifindex ? *ifindex : read_integer(files, folder + "/ifindex").value_or(0);
  nic.operstate = read_word(files, folder + "/operstate");
  nic.carrier_changes = read_integer(files, folder + "/carrier_changes").value_or(-1);
  // lower_NAME links to each device below this one (net/core/dev.c, netdev_adjacent_sysfs_add()).
  for (const std::string& entry : *entries) {
    if (entry.starts_with(kLower)) nic.lowers.push_back(entry.substr(kLower.size()));
  }
  count_queues(files, folder, nic);
  if (nic.physical) read_device(host, folder, nic);
  if (nic.kind == "bond") read_bond(files, folder, nic);
  return nic;
}

void read_features(const NicPort& port, Nic& nic) {
  auto features = port.features(nic.name);
  if (features)
    nic.features = std::move(*features);
  else
    nic.features_unreadable = features.error().text;
}

void read_shape(const NicPort& port, Nic& nic) {
  for (const NicShape which : {NicShape::Channels, NicShape::Rings, NicShape::Coalesce}) {
    if (auto parameters = port.shape(which, nic.name)) nic.shape(which) = std::move(*parameters);
  }
}

// Marks an interface and its lower devices, which carry the traffic of a bond, VLAN or bridge.
void mark_route(std::vector<Nic>& nics, std::string_view name) {
  const auto nic = std::ranges::find(nics, name, &Nic::name);
  // A marked interface ends the recursion, also in a loop of links that a damaged recording may
  // have.
  if (nic == nics.end() || nic->carries_default_route) return;
  nic->carries_default_route = true;
  for (const std::string& lower : nic->lowers) mark_route(nics, lower);
}

// Likewise for the connection of this login session.
void mark_session(std::vector<Nic>& nics, std::string_view name, const std::string& evidence) {
  const auto nic = std::ranges::find(nics, name, &Nic::name);
  if (nic == nics.end() || nic->carries_login_session) return;
  nic->carries_login_session = true;
  nic->session_evidence = evidence;
  for (const std::string& lower : nic->lowers) mark_session(nics, lower, evidence);
}

// A family whose write interrupts a NIC must know whether the operator's own connection uses it, so
// this is looked up whatever facts of NICs are needed.
void find_session(const Host& host, std::vector<Nic>& nics, UnreadList& unread) {
  const ReadWindow window(host, FactNeed::Session);
  if (const auto session = remote_session(host.files())) {
    const auto names = host.nics().interfaces_to_peer(session->local, session->peer);
    if (names) {
      for (const std::string& name : *names) mark_session(nics, name, session->evidence);
    }
  }
  window.close(unread);
}

// Reads each interface in its own ReadWindow, so that a failure affects only that interface.
std::vector<Nic> read_nics(const Host& host, UnreadList& unread) {
  std::vector<Nic> nics;
  ReadWindow whole(host, FactNeed::Nics);
  const auto listed = host.files().list(kInterfaces);
  // If sysfs is mounted, this folder exists. Its absence does not mean that there are no NICs.
  if (!listed && is_absent(listed.error())) unread.push_back({FactNeed::Nics, {}, listed.error()});
  const auto names = listed.value_or(std::vector<std::string>());
  const auto routes = default_route_interfaces(host.files());
  whole.close(unread);
  for (const std::string& name : names) {
    if (name == "lo") continue;
    ReadWindow window(host, FactNeed::Nics, name);
    auto nic = read_nic(host, name);
    // Without its folder nothing of the interface is known; an empty Nic would look like one
    // without queues.
    if (!nic) window.whole_part();
    window.close(unread);
    if (nic) nics.push_back(std::move(*nic));
  }
  for (const std::string& name : routes) mark_route(nics, name);
  return nics;
}

void read_each(const Host& host, FactNeed part, const std::optional<std::set<std::string>>& scope,
               std::vector<Nic>& nics, UnreadList& unread, void (*read)(const NicPort&, Nic&)) {
  for (Nic& nic : nics) {
    if (scope && !scope->contains(nic.name)) {
      unread.push_back(not_looked_at(part, nic));
      if (part == FactNeed::NicFeatures) nic.features_unreadable = unread.back().error.text;
      continue;
    }
    const ReadWindow window(host, part, nic.name);
    read(host.nics(), nic);
    window.close(unread);
  }
}

// The interfaces of the same PCI function: a function with two ports shares its interrupts.
std::vector<std::string> ports_beside(const Host& host, const Nic& nic) {
  if (nic.bus_address.empty()) return {};
  return list_or_none(host.files(), fmt::format("/sys/bus/pci/devices/{}/net", nic.bus_address));
}

}  // namespace

// The bond above a NIC and the other NICs of that bond are in its scope.
std::optional<std::set<std::string>> in_scope(const std::vector<Nic>& nics,
                                              std::span<const std::string> keys) {
  if (keys.empty()) return std::nullopt;
  std::set<std::string> names;
  for (const Nic& nic : nics) {
    if (std::ranges::count(keys, nic.key()) > 0) names.insert(nic.name);
  }
  const auto touches = [&](const Nic& nic) {
    return names.contains(nic.name) || std::ranges::any_of(nic.lowers, [&](const auto& lower) {
             return names.contains(lower);
           });
  };
  // Until nothing is added: a VLAN may be above a bond, whose other NICs then belong to it as well.
  for (std::size_t before = 0; before != names.size();) {
    before = names.size();
    for (const Nic& nic : nics) {
      if (!touches(nic)) continue;
      names.insert(nic.name);
      names.insert(nic.lowers.begin(), nic.lowers.end());
    }
  }
  return names;
}

Unread not_looked_at(FactNeed part, const Nic& nic) {
  return {.part = part,
          .nic = nic.name,
          .error = {.fault = Fault::NotRecorded,
                    .text = "not looked at: other NICs were named",
                    .hint = "run it without --nic"}};
}

std::vector<std::string> interface_names(const Host& host) {
  return host.files().list(kInterfaces).value_or(std::vector<std::string>());
}

std::vector<Nic> read_nics_alone(const Host& host, std::span<const std::string> names,
                                 UnreadList& unread) {
  std::vector<Nic> nics;
  // A name from a command line must be one of the list: it may be a path.
  const auto listed = interface_names(host);
  std::vector<std::string> todo(names.begin(), names.end());
  std::set<std::string> done{"lo"};
  while (!todo.empty()) {
    const std::string name = todo.back();
    todo.pop_back();
    if (!done.insert(name).second || std::ranges::count(listed, name) == 0) continue;
    ReadWindow window(host, FactNeed::Nics, name);
    auto nic = read_nic(host, name);
    if (!nic) window.whole_part();
    window.close(unread);
    if (!nic) continue;
    todo.insert(todo.end(), nic->lowers.begin(), nic->lowers.end());
    std::ranges::move(ports_beside(host, *nic), std::back_inserter(todo));
    nics.push_back(std::move(*nic));
  }
  std::ranges::sort(nics, {}, &Nic::name);
  return nics;
}

std::vector<Nic> collect_nics(const Host& host, FactNeed needs, UnreadList& unread,
                              std::span<const std::string> only) {
  std::vector<Nic> nics = read_nics(host, unread);
  find_session(host, nics, unread);
  const auto scope = in_scope(nics, only);
  if (has(needs, FactNeed::NicFeatures))
    read_each(host, FactNeed::NicFeatures, scope, nics, unread, read_features);
  if (has(needs, FactNeed::NicShape))
    read_each(host, FactNeed::NicShape, scope, nics, unread, read_shape);
  return nics;
}

}  // namespace tuner
