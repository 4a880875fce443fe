#include "cli/output/amounts.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace tuner {

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

// A small number keeps its digits: 1 in ten minutes must not look like 0.
std::string number_text(double number) {
  if (number == 0) return "0";
  if (number < 0.01) return fmt::format("{:.1g}", number);
  if (number < 1) return fmt::format("{:.2f}", number);
  return number < 100 ? fmt::format("{:.1f}", number) : fmt::format("{:.0f}", number);
}

std::string percent_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.0f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace tuner
