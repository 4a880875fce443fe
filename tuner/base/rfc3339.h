// Times as every document, journal line and history entry writes them: UTC, RFC 3339, whole
// seconds.
#pragma once

#include <chrono>
#include <string>

namespace tuner {

std::string rfc3339(std::chrono::system_clock::time_point time);  // "2026-11-23T08:15:00Z"

}  // namespace tuner
