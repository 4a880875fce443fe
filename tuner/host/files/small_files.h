// Reading the one-value files that procfs and sysfs consist of.
#pragma once

#include "base/cpu_set.h"
#include "host/host.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

// Without blanks around it; "" when it cannot be read, for facts where the two mean the same.
std::string read_word(const FileTree& files, std::string_view path);

// Nothing when it cannot be read or is not a whole number that fits.
std::optional<int> read_integer(const FileTree& files, std::string_view path);

// Names in a folder; none when it cannot be listed.
std::vector<std::string> list_or_none(const FileTree& files, std::string_view path);

// name → path of the files with this ending in folders by priority: one hides those of its name in
// later folders, as in sysctl.d(5), modprobe.d(5) and systemd.unit(5).
std::map<std::string, std::string> configuration_files(const FileTree& files,
                                                       std::span<const std::string_view> folders,
                                                       std::string_view ending);

// "node12" with prefix "node" → 12; nothing for "nodes", "node", "has_cpu".
std::optional<int> numbered(std::string_view name, std::string_view prefix);

// The numbers of all entries prefixN of a folder, in numeric order.
std::vector<int> list_numbered(const FileTree& files, std::string_view folder,
                               std::string_view prefix);

// "/a/b/c" → "c"
std::string_view base_name(std::string_view path);
// "/a/b/c" → "/a/b"; "/a" → "/"
std::string_view parent_of(std::string_view path);

}  // namespace tuner
