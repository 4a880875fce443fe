// The time format of documents, journal lines and history entries: RFC 3339, UTC, whole seconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// A separate clock, so that a time from a file is never converted implicitly to the system clock's
// nanoseconds: these cover 1677 to 2262, and chrono converts without a range check.
struct UtcClock {
  using rep = std::chrono::seconds::rep;
  using period = std::chrono::seconds::period;
  using duration = std::chrono::seconds;
  using time_point = std::chrono::time_point<UtcClock>;
};
using UtcTime = UtcClock::time_point;

UtcTime utc_time(std::chrono::system_clock::time_point time);

// nullopt: outside the range of the system clock.
std::optional<std::chrono::system_clock::time_point> system_time(UtcTime time);

std::string rfc3339(UtcTime time);  // "2026-11-23T08:15:00Z"
std::string rfc3339(std::chrono::system_clock::time_point time);

// Accepts exactly the output of rfc3339(), years 0000 to 9999. nullopt: anything else, including
// leap seconds and offsets.
std::optional<UtcTime> from_rfc3339(std::string_view text);

}  // namespace tuner
