// Times as every document, journal line and history entry writes them: UTC, RFC 3339, whole
// seconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// A clock of its own, so that no expression turns a time that came from a file into the system
// clock's nanoseconds: those end in 1677 and 2262, and chrono converts without looking.
struct UtcClock {
  using rep = std::chrono::seconds::rep;
  using period = std::chrono::seconds::period;
  using duration = std::chrono::seconds;
  using time_point = std::chrono::time_point<UtcClock>;
};
using UtcTime = UtcClock::time_point;

UtcTime utc_time(std::chrono::system_clock::time_point time);

// Nothing: the system clock cannot hold this time.
std::optional<std::chrono::system_clock::time_point> system_time(UtcTime time);

std::string rfc3339(UtcTime time);  // "2026-11-23T08:15:00Z"
std::string rfc3339(std::chrono::system_clock::time_point time);

// Exactly what rfc3339() writes, years 0000 to 9999; nothing: anything else, also leap seconds and
// offsets, which it does not write.
std::optional<UtcTime> from_rfc3339(std::string_view text);

}  // namespace tuner
