// Parser for the ini files of TuneD, NetworkManager and systemd. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// What a line of such a file is. Malformed: text that is none of the others, such as "= value".
enum class IniText { Blank, Comment, Section, Pair, Malformed };

struct IniLine {
  std::string section;  // empty before the first section
  std::string key;
  std::string value;  // without surrounding white space
  int number = 0;     // line number, from 1
  IniText text = IniText::Pair;
};

// Every line, in order. Only a Pair has a key; a Section line has its own name.
std::vector<IniLine> read_ini_lines(std::string_view text);

// The "key = value" lines of these. Keeps duplicate keys.
std::vector<IniLine> read_ini(std::string_view text);

// The last value of a key; "" if the key is missing.
std::string ini_value(const std::vector<IniLine>& lines, std::string_view section,
                      std::string_view key);

}  // namespace tuner
