// The parts of collect_external_settings(), one file per owner. Used in host/ only.
//
// They read files and never ask a daemon, so they work on a recorded machine and while a daemon
// hangs. Settings of NICs and cpufreq policies are collected for those in `facts` only.
#pragma once

#include "host/host.h"
#include "model/facts.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tuner {

// sysctl.d(5): the effective values, which are set at boot and by `sysctl --system`.
void add_sysctl_files(const FileTree& files, std::vector<ExternalSetting>& external_settings);
// systemd.link(5): the files that udev has applied to each NIC.
void add_link_files(const FileTree& files, const Facts& facts,
                    std::vector<ExternalSetting>& external_settings);
// The ethtool calls in udev's rules.
void add_udev_rules(const FileTree& files, const Facts& facts,
                    std::vector<ExternalSetting>& external_settings);
// The [ethtool] section of each NIC's connection.
void add_network_manager(const FileTree& files, const Facts& facts,
                         std::vector<ExternalSetting>& external_settings);
// The active TuneD profile with everything that it includes.
void add_tuned(const FileTree& files, const Facts& facts,
               std::vector<ExternalSetting>& external_settings);

// Collects the external settings of one owner. If a setting occurs again, the earlier occurrence is
// dropped.
class LastPerSetting {
 public:
  void add(ExternalSetting external);
  std::vector<ExternalSetting> take();

 private:
  std::vector<std::optional<ExternalSetting>> external_;
  std::unordered_map<std::string, std::size_t> places_;  // by family, NIC and setting
};
void append(std::vector<ExternalSetting>& external_settings, std::vector<ExternalSetting> more);

}  // namespace tuner
