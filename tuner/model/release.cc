#include "model/release.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace tuner {
namespace {

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// Removes a number from the front of the text; nullopt: there is none.
std::optional<int> take_number(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  const auto length = static_cast<std::size_t>(end - text.begin());
  const auto number = parse_integer(text.substr(0, length));
  // Larger numbers are no release, and would overflow the int.
  if (!number || *number > 1'000'000) return std::nullopt;
  text.remove_prefix(length);
  return static_cast<int>(*number);
}

std::optional<int> take_part(std::string_view& text) {
  if (text.empty() || text.front() != '.') return std::nullopt;
  std::string_view rest = text.substr(1);
  const auto number = take_number(rest);
  if (number) text = rest;
  return number;
}

// Removes "6.1.192" or "6.1" from the front of the text.
std::optional<ReleaseNumber> take_release(std::string_view& text) {
  const auto major = take_number(text);
  if (!major) return std::nullopt;
  const int minor = take_part(text).value_or(0);
  return ReleaseNumber{*major, minor, take_part(text).value_or(0)};
}

}  // namespace

// "OpenSSL 3.5.7 9 Jun 2026", "3.0.22", "3.2.0-beta1": everything before the first digit and after
// the third number is passed over.
std::optional<ReleaseNumber> parse_release(std::string_view text) {
  text.remove_prefix(static_cast<std::size_t>(std::ranges::find_if(text, is_digit) - text.begin()));
  return take_release(text);
}

std::string to_text(ReleaseNumber release) {
  return fmt::format("{}.{}.{}", release.major, release.minor, release.patch);
}

std::optional<ReleaseNumber> upstream_kernel(std::string_view release, std::string_view version) {
  constexpr std::string_view kDebian = " Debian ";
  if (const auto at = version.find(kDebian); at != std::string_view::npos) {
    std::string_view text = version.substr(at + kDebian.size());
    const auto number = take_release(text);
    // "6.1.192-2": without Debian's own revision it is another kernel that only names Debian.
    // "6.1~rc3-1" ends at the tilde: a release candidate.
    if (number && text.starts_with('-')) return number;
    return std::nullopt;
  }
  std::string_view text = release;
  const auto number = take_release(text);
  return text.empty() ? number : std::nullopt;
}

}  // namespace tuner
