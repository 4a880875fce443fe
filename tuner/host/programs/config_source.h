// The configuration files of a host, for the readers in model/.
#pragma once

#include "host/host.h"
#include "model/programs/config_source.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The paths that a pattern with '*' and '?' names, sorted; in any of its folders. A pattern without
// them is its own answer, and so is one with them in more than two parts. At most
// kMostConfigFiles.
std::vector<std::string> matching_files(const FileTree& files, std::string_view pattern);

// All files of one reading together.
inline constexpr std::uint64_t kMostConfigBytes = std::uint64_t{4} << 20U;

// Refers to `files`. For one reading: TooLarge once its files have more than kMostConfigBytes. A
// path may come from a program of anyone, so only regular files are opened, and those of /proc and
// /sys, which have no size, are empty.
ConfigSource config_source(const FileTree& files);

}  // namespace tuner
