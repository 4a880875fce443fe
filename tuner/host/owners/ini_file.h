// The files of sections and "key = value" lines that TuneD, NetworkManager and systemd have. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct IniLine {
  std::string section;  // empty before the first
  std::string key;
  std::string value;  // without blanks around it
  int number = 0;     // of the line, from 1
};

// Comments, and lines that are neither, are left out; a key that comes twice stays twice.
std::vector<IniLine> read_ini(std::string_view text);

// The last value of a key; empty: it has none.
std::string ini_value(const std::vector<IniLine>& lines, std::string_view section,
                      std::string_view key);

}  // namespace tuner
