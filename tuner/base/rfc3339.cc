#include "base/rfc3339.h"

#include "base/text.h"

#include <fmt/format.h>

namespace tuner {

UtcTime utc_time(std::chrono::system_clock::time_point time) {
  return UtcTime(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()));
}

std::optional<std::chrono::system_clock::time_point> system_time(UtcTime time) {
  using System = std::chrono::system_clock::time_point;
  using std::chrono::duration_cast;
  constexpr auto kFirst = duration_cast<std::chrono::seconds>(System::min().time_since_epoch());
  constexpr auto kLast = duration_cast<std::chrono::seconds>(System::max().time_since_epoch());
  const std::chrono::seconds since_epoch = time.time_since_epoch();
  if (since_epoch < kFirst || since_epoch > kLast) return std::nullopt;
  return System(since_epoch);
}

std::string rfc3339(std::chrono::system_clock::time_point time) {
  return rfc3339(utc_time(time));
}

std::string rfc3339(UtcTime time) {
  const std::chrono::sys_seconds seconds(time.time_since_epoch());
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{seconds - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<UtcTime> from_rfc3339(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (text.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !digit : text[i] != kForm[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t from, std::size_t count) {
    return static_cast<int>(parse_integer(text.substr(from, count)).value_or(0));
  };
  const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  // The form alone allows "2026-02-30". chrono would silently carry that into March.
  if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59)
    return std::nullopt;
  return UtcTime(std::chrono::sys_days(date).time_since_epoch()) +
         std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) +
         std::chrono::seconds(number(17, 2));
}

}  // namespace tuner
