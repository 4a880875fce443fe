#include "base/text.h"
#include "host/claims.h"
#include "host/ini_file.h"
#include "host/small_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

// By priority: one hides the file of its name further down.
constexpr std::array<std::string_view, 3> kFolders{"/etc/NetworkManager/system-connections",
                                                   "/run/NetworkManager/system-connections",
                                                   "/usr/lib/NetworkManager/system-connections"};

struct KeyPrefix {
  std::string_view prefix;
  std::string_view knob;
};
// nm-settings(5), ethtool: "feature-tls-hw-tx-offload", "ring-rx", "coalesce-rx-usecs"; behind the
// prefix are ethtool's words.
constexpr std::array kPrefixes{
    KeyPrefix{"feature-", "nic_features"}, KeyPrefix{"ring-", "nic_rings"},
    KeyPrefix{"coalesce-", "nic_coalesce"}, KeyPrefix{"channels-", "nic_channels"}};

struct Connection {
  std::string path;
  std::vector<IniLine> lines;
};

// Root alone may read them: they hold keys and passwords. Who may not sees no claim.
std::vector<Connection> read_connections(const FileTree& files) {
  std::vector<Connection> connections;
  for (const auto& [name, path] : configuration_files(files, kFolders, "")) {
    if (const auto text = files.read(path)) connections.push_back({path, read_ini(*text)});
  }
  return connections;
}

// The one in use, if NetworkManager says so (it keeps a file for each device), else one that names
// the interface.
bool is_for(const Connection& connection, const Nic& nic, std::string_view in_use) {
  if (!in_use.empty()) return ini_value(connection.lines, "connection", "uuid") == in_use;
  return ini_value(connection.lines, "connection", "interface-name") == nic.name;
}

void add_connection(const Connection& connection, const Nic& nic, std::vector<Claim>& claims) {
  for (const IniLine& line : connection.lines) {
    const auto* kind = std::ranges::find_if(
        kPrefixes, [&](const KeyPrefix& row) { return line.key.starts_with(row.prefix); });
    if (line.section != "ethtool" || kind == kPrefixes.end()) continue;
    const std::string word = line.key.substr(kind->prefix.size());
    const auto settings =
        kind->knob == "nic_features" ? features_by_word(word) : std::vector<std::string>{word};
    for (const std::string& setting : settings) {
      add_claim(claims, {.who = "NetworkManager",
                         .where = fmt::format("{}:{}", connection.path, line.number),
                         .knob = std::string(kind->knob),
                         .setting = setting,
                         .nic = nic.name,
                         .value = line.value});
    }
  }
}

}  // namespace

void add_network_manager(const FileTree& files, const Facts& facts, std::vector<Claim>& claims) {
  const auto connections = read_connections(files);
  for (const Nic& nic : facts.nics) {
    const auto state = files.read(fmt::format("/run/NetworkManager/devices/{}", nic.ifindex));
    const std::string in_use = ini_value(read_ini(state.value_or("")), "device", "connection-uuid");
    for (const Connection& connection : connections) {
      if (is_for(connection, nic, in_use)) add_connection(connection, nic, claims);
    }
  }
}

}  // namespace tuner
