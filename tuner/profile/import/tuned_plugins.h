// What an option of a TuneD plugin becomes in a profile. Pure.
#pragma once

#include "profile/import/line.h"

#include <string>
#include <string_view>

namespace tuner::importing {

struct TunedUse {
  std::string plugin;  // the section's type: "sysctl", "net"
  std::string key;
  std::string value;    // without quotes, with variables
  std::string devices;  // the section's devices; empty: all
};

// Whether TuneD has this plugin.
bool is_tuned_plugin(std::string_view name);

// Adds drafts to the line, or reasons why there are none.
void add_tuned_option(ImportedLine& line, const TunedUse& use);

}  // namespace tuner::importing
