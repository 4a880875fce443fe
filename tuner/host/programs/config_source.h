// The configuration files of a host, for the readers in model/.
#pragma once

#include "host/host.h"
#include "model/config_source.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The paths that a pattern with '*' and '?' names, sorted; in any of its folders. A pattern without
// them is its own answer. At most kMostConfigFiles.
std::vector<std::string> matching_files(const FileTree& files, std::string_view pattern);

// Refers to `files`.
ConfigSource config_source(const FileTree& files);

}  // namespace tuner
