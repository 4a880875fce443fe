#include "host/files/small_files.h"

#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
std::string read_word(const FileTree& files, std::string_view path) {
  const auto text = files.read(path);
  return text ? std::string(trim(*text)) : std::string();
}

std::optional<int> read_integer(const FileTree& files, std::string_view path) {
  const auto number = whole_number<int>(read_word(files, path));
  return number ? std::optional(*number) : std::nullopt;
}

std::vector<std::string> list_or_none(const FileTree& files, std::string_view path) {
  auto names = files.list(path);
  return names ? std::move(*names) : std::vector<std::string>();
}

std::map<std::string, std::string> configuration_files(const FileTree& files,
                                                       std::span<const std::string_view> folders,
                                                       std::string_view ending) {
  std::map<std::string, std::string> found;
  for (const std::string_view folder : folders) {
    for (const std::string& name : list_or_none(files, folder)) {
      // try_emplace() keeps the first folder that has the name. The map is sorted by name: the
      // order in which systemd, modprobe and NetworkManager read such files.
      if (name.ends_with(ending)) found.try_emplace(name, fmt::format("{}/{}", folder, name));
    }
  }
  return found;
}

std::optional<int> numbered(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  const auto number = whole_number<int>(name.substr(prefix.size()), 0);
  return number ? std::optional(*number) : std::nullopt;
}

std::vector<int> list_numbered(const FileTree& files, std::string_view folder,
                               std::string_view prefix) {
  std::vector<int> numbers;
  for (const std::string& name : list_or_none(files, folder)) {
    if (const auto number = numbered(name, prefix)) numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

std::string_view base_name(std::string_view path) {
  // npos + 1 is 0, so a name without a slash is returned whole.
  return path.substr(path.rfind('/') + 1);
}

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : path.substr(0, slash);
}

}  // namespace tuner
