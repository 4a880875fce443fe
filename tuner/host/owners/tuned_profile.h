// TuneD's active profile, put together as TuneD does (tuned/profiles/loader.py and merger.py,
// 2.20 to 2.28), without asking it.
#pragma once

#include "host/host.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct TunedOption {
  std::string key;
  std::string value;  // with variables put in; what only TuneD can work out stays: "${f:…}"
  std::string where;  // "/usr/lib/tuned/web/tuned.conf:12"
};

// A section: one use of one plugin.
struct TunedUnit {
  std::string name;
  std::string type;     // the plugin: "sysctl", "net"
  std::string devices;  // patterns; empty: all
  bool enabled = true;
  bool conditional = false;  // for some CPUs or kernels alone, by regular expressions of Python's
  std::vector<TunedOption> options;

  const TunedOption* option(std::string_view key) const;
};

// Those that count, after everything it includes. Left out, because nobody but TuneD can tell
// whether they count: conditional ones.
std::vector<TunedUnit> active_tuned_units(const FileTree& files);

}  // namespace tuner
