// TuneD's active profile, merged as TuneD does (tuned/profiles/loader.py and merger.py, TuneD 2.20
// to 2.28), from its files only.
#pragma once

#include "host/host.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct TunedOption {
  std::string key;
  std::string value;  // with variables expanded; TuneD's functions remain: "${f:…}"
  std::string where;  // "/usr/lib/tuned/web/tuned.conf:12"
};

// A section: one instance of a plugin.
struct TunedUnit {
  std::string name;
  std::string type;     // the plugin: "sysctl", "net"
  std::string devices;  // patterns; empty: all
  bool enabled = true;
  bool conditional = false;  // for some CPUs, kernels or devices, by Python regular expressions
  std::vector<TunedOption> options;

  const TunedOption* option(std::string_view key) const;
};

// The enabled units of the active profile with everything that it includes. Omits conditional
// units: only TuneD can evaluate their conditions.
std::vector<TunedUnit> active_tuned_units(const FileTree& files);

}  // namespace tuner
