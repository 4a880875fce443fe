// Parser for the ini files of TuneD, NetworkManager and systemd. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct IniLine {
  std::string section;  // empty before the first section
  std::string key;
  std::string value;  // without surrounding white space
  int number = 0;     // line number, from 1
};

// All "key = value" lines. Skips comments and malformed lines. Keeps duplicate keys.
std::vector<IniLine> read_ini(std::string_view text);

// The last value of a key; "" if the key is missing.
std::string ini_value(const std::vector<IniLine>& lines, std::string_view section,
                      std::string_view key);

}  // namespace tuner
