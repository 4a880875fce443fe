// Decompresses a small gzip file in memory: /proc/config.gz.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tuner {

bool is_gzip(std::string_view bytes);

// Invalid: damaged, truncated, or more than `limit` bytes when decompressed.
Result<std::string> gunzip(std::string_view bytes, std::size_t limit);

}  // namespace tuner
