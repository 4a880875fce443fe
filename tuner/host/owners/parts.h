// The parts of collect_external_settings(), a file for each who sets things. Only host/ uses them.
//
// All read files alone, asking no daemon: so they work on a recorded machine, and while the daemon
// hangs. Of NICs and cpufreq policies only those in `facts` are spoken of.
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

// sysctl.d(5), by what wins: at boot, and whenever somebody runs `sysctl --system`.
void add_sysctl_files(const FileTree& files, std::vector<ExternalSetting>& external_settings);
// systemd.link(5): the file that udev says it has applied to each NIC.
void add_link_files(const FileTree& files, const Facts& facts,
                    std::vector<ExternalSetting>& external_settings);
// The [ethtool] section of each NIC's connection.
void add_network_manager(const FileTree& files, const Facts& facts,
                         std::vector<ExternalSetting>& external_settings);
// The active profile, with all it includes.
void add_tuned(const FileTree& files, const Facts& facts,
               std::vector<ExternalSetting>& external_settings);

// The claims of one source, of which a later one about the same setting takes the place of an
// earlier one, and stands where it was made.
class LastOfEach {
 public:
  void add(ExternalSetting external);
  std::vector<ExternalSetting> take();

 private:
  std::vector<std::optional<ExternalSetting>> external_;
  std::unordered_map<std::string, std::size_t> places_;  // by family, NIC and setting
};
void append(std::vector<ExternalSetting>& external_settings, std::vector<ExternalSetting> more);

// The kernel's names of a feature that ethtool(8) has another word for; else the word itself.
std::vector<std::string> features_by_word(std::string_view word);

}  // namespace tuner
