#include "base/text.h"
#include "host/files/small_files.h"
#include "host/owners/parts.h"
#include "model/sysctl/sysctl_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

namespace tuner {
namespace {

constexpr std::array<std::string_view, 5> kSysctlFolders{"/etc/sysctl.d", "/run/sysctl.d",
                                                         "/usr/local/lib/sysctl.d",
                                                         "/usr/lib/sysctl.d", "/lib/sysctl.d"};
// Written by `apply --persist` (knobs/persist.cc).
constexpr std::string_view kOwnFile = "90-ktls-tuner.conf";

bool is_pattern(std::string_view name) {
  return name.find_first_of("*?") != std::string_view::npos;
}

// net.ipv4.conf.*.rp_filter = 2
// -net.ipv4.conf.all.rp_filter       excluded from the pattern
// -net.core.rmem_max = 16777216      no error if the kernel does not have it
class SysctlFiles {
 public:
  void add(std::string_view path, std::string_view text) {
    int number = 0;
    for (const std::string_view line : lines(text))
      add_line(trim(line), fmt::format("{}:{}", path, ++number));
  }

  // An exact name overrides every pattern, regardless of the order.
  std::vector<ExternalSetting> take() {
    auto external_settings = external_.take();
    for (ExternalSetting& external : external_settings) {
      if (!is_pattern(external.setting)) continue;
      for (const std::string& name : named_) {
        if (glob_match(external.setting, name)) external.except.push_back(name);
      }
    }
    return external_settings;
  }

 private:
  void add_line(std::string_view line, std::string where) {
    if (line.starts_with('#') || line.starts_with(';')) return;
    const bool dash = line.starts_with('-');
    if (dash) line.remove_prefix(1);
    const auto equals = line.find('=');
    const std::string name = dotted_sysctl_name(trim(line.substr(0, equals)));
    if (name.empty()) return;  // "= value"
    if (equals == std::string_view::npos && !dash) return;
    // A name without a value ("-net.x.y") counts too: it excludes the setting from patterns.
    if (!is_pattern(name) && known_.insert(name).second) named_.push_back(name);
    if (equals == std::string_view::npos) return;
    external_.add({.who = "sysctl.d",
                   .where = std::move(where),
                   .knob = "sysctl",
                   .setting = name,
                   .value = std::string(trim(line.substr(equals + 1)))});
  }

  LastPerSetting external_;
  std::vector<std::string> named_;  // in order, without duplicates
  std::unordered_set<std::string> known_;
};

}  // namespace

void add_sysctl_files(const FileTree& files, std::vector<ExternalSetting>& external_settings) {
  SysctlFiles all;
  for (const auto& [name, path] : configuration_files(files, kSysctlFolders, ".conf")) {
    // Files are read in the order of their names, whatever folder they are in (sysctl.d(5)); the
    // map has that order.
    if (name != kOwnFile) all.add(path, files.read(path).value_or(""));
  }
  // systemd-sysctl(8) does not read this file; sysctl(8) reads it last.
  if (!files.exists("/run/systemd/system"))
    all.add("/etc/sysctl.conf", files.read("/etc/sysctl.conf").value_or(""));
  append(external_settings, all.take());
}

}  // namespace tuner
