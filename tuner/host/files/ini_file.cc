#include "host/files/ini_file.h"

#include "base/text.h"

namespace tuner {

// [connection]
// interface-name=eth0
std::vector<IniLine> read_ini(std::string_view text) {
  std::vector<IniLine> found;
  std::string section;
  int number = 0;
  for (std::string_view line : lines(text)) {
    ++number;
    line = trim(line);
    if (line.starts_with('#') || line.starts_with(';')) continue;
    if (line.starts_with('[') && line.ends_with(']')) section = line.substr(1, line.size() - 2);
    const auto equals = line.find('=');
    // "[a=b]" is a section, not a key.
    if (line.starts_with('[') || equals == std::string_view::npos) continue;
    const std::string_view key = trim(line.substr(0, equals));
    if (key.empty()) continue;  // "= value"
    found.push_back({.section = section,
                     .key = std::string(key),
                     .value = std::string(trim(line.substr(equals + 1))),
                     .number = number});
  }
  return found;
}

std::string ini_value(const std::vector<IniLine>& lines, std::string_view section,
                      std::string_view key) {
  std::string value;
  for (const IniLine& line : lines) {
    if (line.section == section && line.key == key) value = line.value;
  }
  return value;
}

}  // namespace tuner
