// Times as every document, journal line and history entry writes them: UTC, RFC 3339, whole
// seconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

std::string rfc3339(std::chrono::system_clock::time_point time);  // "2026-11-23T08:15:00Z"

// Exactly what rfc3339() writes; nothing: anything else.
std::optional<std::chrono::system_clock::time_point> from_rfc3339(std::string_view text);

}  // namespace tuner
