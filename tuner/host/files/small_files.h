// Reads the one-value files of procfs and sysfs.
#pragma once

#include "base/cpu_set.h"
#include "host/host.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

// The content without surrounding white space. "" also if it cannot be read: for facts where an
// empty and an unreadable file mean the same.
std::string read_word(const FileTree& files, std::string_view path);

// nullopt: it cannot be read, is not a whole number, or does not fit an int.
std::optional<int> read_integer(const FileTree& files, std::string_view path);

// Names in a folder; empty if it cannot be listed.
std::vector<std::string> list_or_none(const FileTree& files, std::string_view path);

// name → path of the files with this ending. `folders` is in order of priority: a file hides those
// of the same name in later folders, as in sysctl.d(5), modprobe.d(5) and systemd.unit(5).
std::map<std::string, std::string> configuration_files(const FileTree& files,
                                                       std::span<const std::string_view> folders,
                                                       std::string_view ending);

// "node12" with prefix "node" → 12; nullopt for "nodes", "node", "has_cpu".
std::optional<int> numbered(std::string_view name, std::string_view prefix);

// N of all entries <prefix>N in a folder, in numeric order.
std::vector<int> list_numbered(const FileTree& files, std::string_view folder,
                               std::string_view prefix);

// "/a/b/c" → "c"
std::string_view base_name(std::string_view path);
// "/a/b/c" → "/a/b"; "/a" → "/"
std::string_view parent_of(std::string_view path);

}  // namespace tuner
