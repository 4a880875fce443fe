#include "base/ini_file.h"
#include "base/text.h"
#include "host/files/small_files.h"
#include "host/owners/parts.h"
#include "model/feature_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace tuner {
namespace {

// In order of priority: a file hides those of the same name in later folders.
constexpr std::array<std::string_view, 3> kConnectionFolders{
    "/etc/NetworkManager/system-connections", "/run/NetworkManager/system-connections",
    "/usr/lib/NetworkManager/system-connections"};

struct KeyPrefix {
  std::string_view prefix;
  std::string_view knob;
};
// nm-settings(5), section ethtool: "feature-tls-hw-tx-offload", "ring-rx", "coalesce-rx-usecs".
// After the prefix follows ethtool's name.
constexpr std::array kPrefixes{
    KeyPrefix{"feature-", "nic_features"}, KeyPrefix{"ring-", "nic_rings"},
    KeyPrefix{"coalesce-", "nic_coalesce"}, KeyPrefix{"channels-", "nic_channels"}};

struct Connection {
  std::string path;
  std::vector<IniLine> lines;
};
using Places = std::unordered_map<std::string, std::vector<const Connection*>>;

// Only root can read these files, because they may contain passwords. For other users there are no
// external settings of NetworkManager.
std::vector<Connection> read_connections(const FileTree& files) {
  std::vector<Connection> connections;
  for (const auto& [name, path] : configuration_files(files, kConnectionFolders, "")) {
    if (const auto text = files.read(path)) connections.push_back({path, read_ini(*text)});
  }
  return connections;
}

// An index instead of holding each connection against each NIC. A host of virtual machines may have
// thousands of both.
Places by(std::string_view key, const std::vector<Connection>& connections) {
  Places places;
  for (const Connection& connection : connections) {
    const std::string value = ini_value(connection.lines, "connection", key);
    if (!value.empty()) places[value].push_back(&connection);
  }
  return places;
}

void add_connection(const Connection& connection, const Nic& nic,
                    LastPerSetting& external_settings) {
  for (const IniLine& line : connection.lines) {
    const auto* kind = std::ranges::find_if(
        kPrefixes, [&](const KeyPrefix& row) { return line.key.starts_with(row.prefix); });
    if (line.section != "ethtool" || kind == kPrefixes.end()) continue;
    const std::string word = line.key.substr(kind->prefix.size());
    if (word.empty()) continue;  // "ring-" names no setting
    const auto settings =
        kind->knob == "nic_features" ? kernel_features_of(word) : std::vector<std::string>{word};
    for (const std::string& setting : settings) {
      external_settings.add({.who = "NetworkManager",
                             .where = fmt::format("{}:{}", connection.path, line.number),
                             .knob = std::string(kind->knob),
                             .setting = setting,
                             .nic = nic.name,
                             .value = line.value});
    }
  }
}

}  // namespace

void add_network_manager(const FileTree& files, const Facts& facts,
                         std::vector<ExternalSetting>& external_settings) {
  const auto connections = read_connections(files);
  const Places by_uuid = by("uuid", connections);
  const Places by_interface = by("interface-name", connections);
  LastPerSetting all;
  for (const Nic& nic : facts.nics) {
    // NetworkManager keeps a file per device by ifindex, an INI file with [device] and
    // connection-uuid=.
    const auto state = files.read(fmt::format("/run/NetworkManager/devices/{}", nic.ifindex));
    const std::string in_use = ini_value(read_ini(state.value_or("")), "device", "connection-uuid");
    // The connection in use, if NetworkManager has a state file for the device, otherwise the
    // connections with this interface-name.
    const Places& places = in_use.empty() ? by_interface : by_uuid;
    const auto own = places.find(in_use.empty() ? nic.name : in_use);
    if (own == places.end()) continue;
    for (const Connection* connection : own->second) add_connection(*connection, nic, all);
  }
  append(external_settings, all.take());
}

}  // namespace tuner
