#include "support/hostile_names.h"

#include "base/number.h"
#include "base/text.h"
#include "model/utf8.h"

#include <fstream>
#include <sstream>

namespace tuner::testing {
namespace {

std::string unescaped(std::string_view line) {
  std::string bytes;
  while (!line.empty()) {
    if (line.starts_with("\\x") && line.size() >= 4) {
      bytes += static_cast<char>(whole_number<unsigned>(line.substr(2, 2), 0, 255, 16).value_or(0));
      line.remove_prefix(4);
      continue;
    }
    if (line.starts_with("\\\\")) line.remove_prefix(1);
    bytes += line.front();
    line.remove_prefix(1);
  }
  return bytes;
}

}  // namespace

std::vector<std::string> hostile_names() {
  const std::ifstream file(KTLS_TUNER_SOURCE_DIR "/tests/hostile-names.txt");
  std::stringstream text;
  text << file.rdbuf();
  std::vector<std::string> names;
  const std::string all = text.str();
  for (const std::string_view line : lines(all)) {
    if (line.empty() || (line.starts_with("# ") && line != "# heading")) continue;
    names.push_back(unescaped(line));
  }
  return names;
}

std::string first_hidden(std::string_view text) {
  while (!text.empty()) {
    const CodePoint next = decode(text);
    const bool is_layout = text.front() == '\n' || text.front() == '\t';
    if (next.bytes == 0 || (is_hidden(next.value) && !is_layout)) {
      std::string shown;
      append_escaped(shown, text);
      return shown;
    }
    text.remove_prefix(next.bytes);
  }
  return {};
}

}  // namespace tuner::testing
