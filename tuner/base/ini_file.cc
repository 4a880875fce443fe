#include "base/ini_file.h"

#include "base/text.h"

namespace tuner {
namespace {

bool is_section(std::string_view line) {
  return line.starts_with('[') && line.ends_with(']');
}

// Fills what the line is, and the key and value of a pair.
void classify(std::string_view line, IniLine& into) {
  const auto equals = line.find('=');
  into.text = IniText::Malformed;
  if (line.empty()) {
    into.text = IniText::Blank;
  } else if (line.starts_with('#') || line.starts_with(';')) {
    into.text = IniText::Comment;
  } else if (is_section(line)) {
    into.text = IniText::Section;
  } else if (!line.starts_with('[') && equals != std::string_view::npos) {
    const std::string_view key = trim(line.substr(0, equals));
    if (key.empty()) return;  // "= value"
    into.text = IniText::Pair;
    into.key = key;
    into.value = trim(line.substr(equals + 1));
  }
}

}  // namespace

// [connection]
// interface-name=eth0
std::vector<IniLine> read_ini_lines(std::string_view text) {
  std::vector<IniLine> found;
  std::string section;
  int number = 0;
  for (std::string_view line : lines(text)) {
    line = trim(line);
    // "[a=b]" is a section, not a key.
    if (is_section(line)) section = line.substr(1, line.size() - 2);
    IniLine one{.section = section, .key = {}, .value = {}, .number = ++number};
    classify(line, one);
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<IniLine> read_ini(std::string_view text) {
  std::vector<IniLine> pairs = read_ini_lines(text);
  std::erase_if(pairs, [](const IniLine& line) { return line.text != IniText::Pair; });
  return pairs;
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
