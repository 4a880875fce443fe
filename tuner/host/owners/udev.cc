#include "base/text.h"
#include "host/files/small_files.h"
#include "host/owners/parts.h"
#include "host/owners/udev_rule.h"
#include "model/feature_names.h"

#include <fmt/format.h>

#include <array>

namespace tuner {
namespace {

constexpr std::array<std::string_view, 5> kRuleFolders{
    "/etc/udev/rules.d", "/run/udev/rules.d", "/usr/local/lib/udev/rules.d",
    "/usr/lib/udev/rules.d", "/lib/udev/rules.d"};

// The events of a NIC at which rules are applied. Link changes send none.
constexpr std::array<std::string_view, 4> kEvents{"add", "move", "change", "bind"};

struct RuleFile {
  std::string path;
  std::vector<UdevRule> rules;
};

// Most rules are about other things; only files with the word are parsed.
std::vector<RuleFile> files_with_ethtool(const FileTree& files) {
  std::vector<RuleFile> found;
  for (const auto& [name, path] : configuration_files(files, kRuleFolders, ".rules")) {
    const std::string text = files.read(path).value_or("");
    if (text.find("ethtool") != std::string::npos) found.push_back({path, read_udev_rules(text)});
  }
  return found;
}

void add_command(const UdevCommand& command, const std::string& path, const Nic& nic,
                 LastPerSetting& external_settings) {
  for (const EthtoolSetting& one : ethtool_settings(command.text, nic.name)) {
    const auto names = one.knob == "nic_features" ? kernel_features_of(one.name)
                                                  : std::vector<std::string>{one.name};
    for (const std::string& name : names) {
      external_settings.add({.who = "systemd-udevd",
                             .where = fmt::format("{}:{}", path, command.number),
                             .knob = std::string(one.knob),
                             .setting = name,
                             .nic = nic.name,
                             .value = one.value});
    }
  }
}

}  // namespace

void add_udev_rules(const FileTree& files, const Facts& facts,
                    std::vector<ExternalSetting>& external_settings) {
  std::vector<const Nic*> handled;
  for (const Nic& nic : facts.nics) {
    // udev's database has an entry for each interface that it handled. Without one no rule ran.
    if (nic.physical && files.exists(fmt::format("/run/udev/data/n{}", nic.ifindex)))
      handled.push_back(&nic);
  }
  if (handled.empty()) return;
  const auto rule_files = files_with_ethtool(files);
  for (const Nic* nic : handled) {
    LastPerSetting own;
    for (const RuleFile& file : rule_files) {
      for (const std::string_view event : kEvents) {
        for (const UdevCommand& command : udev_commands(file.rules, *nic, event))
          add_command(command, file.path, *nic, own);
      }
    }
    append(external_settings, own.take());
  }
}

}  // namespace tuner
