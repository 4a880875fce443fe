#include "profile/unit_drop_in.h"

#include "base/text.h"
#include "model/utf8.h"

#include <algorithm>

namespace tuner {

std::vector<std::string> folders_of(const ToolSettings& settings) {
  std::vector<std::string> folders;
  const auto add = [&](std::string_view folder) {
    if (!folder.empty() && std::ranges::find(folders, folder) == folders.end())
      folders.emplace_back(folder);
  };
  add(settings.textfile_directory);
  add(settings.feature_file.substr(0, settings.feature_file.rfind('/')));
  return folders;
}

std::optional<std::string> as_unit_path(std::string_view path) {
  // escaped_line() changes a text only if it has hidden characters or is not UTF-8.
  if (escaped_line(path) != path) return std::nullopt;
  // "-": a folder that does not exist yet is no error at the unit's start (systemd.exec(5),
  // ReadWritePaths=).
  std::string word = "\"-";
  for (const char c : path) {
    // systemd treats a backslash as the escape of the next character (extract_first_word() without
    // EXTRACT_CUNESCAPE), and % as the start of a specifier (unit_path_printf()).
    if (c == '"' || c == '\\') word += '\\';
    if (c == '%') word += '%';
    word += c;
  }
  return word + '"';
}

std::string read_write_drop_in(std::span<const std::string> words) {
  if (words.empty()) return {};
  std::string text =
      "# The folders that /etc/ktls-tuner/ktls-tuner.yaml names; generated again by each "
      "daemon-reload.\n[Service]\n";
  for (const std::string& word : words) text += "ReadWritePaths=" + word + '\n';
  return text;
}

}  // namespace tuner
