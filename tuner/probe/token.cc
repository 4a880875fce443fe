#include "probe/token.h"

#include "base/text.h"

#include <fmt/format.h>

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <set>

namespace tuner {
namespace {

constexpr std::string_view kPrefix = "ktls_";
constexpr std::size_t kDigits = 32;
constexpr std::size_t kCheckDigits = 4;
// A random token has fewer different digits once in 26 million; make_token() then tries again.
constexpr std::size_t kLeastDifferent = 8;

tl::unexpected<Error> invalid_token(std::string_view why) {
  return fail(Fault::Invalid, fmt::format("the token {}", why), std::string(kMakeToken));
}

bool is_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

// Detects any one or two wrong characters and any two swapped ones.
// CRC-16 with the polynomial 0x1021 and the start value 0xFFFF.
std::string check_digits(std::string_view digits) {
  std::uint32_t sum = 0xFFFF;
  for (const char digit : digits) {
    sum ^= static_cast<std::uint32_t>(static_cast<unsigned char>(digit)) << 8U;
    for (int bit = 0; bit < 8; ++bit) {
      sum = (sum << 1U ^ ((sum & 0x8000U) != 0 ? 0x1021U : 0U)) & 0xFFFFU;
    }
  }
  return fmt::format("{:04x}", sum);
}

// Refuses a token that a person made up, such as 32 zeros with matching check digits.
bool looks_random(std::string_view digits) {
  return std::set<char>(digits.begin(), digits.end()).size() >= kLeastDifferent;
}

Result<std::string> random_digits() {
  std::array<unsigned char, kDigits / 2> bytes{};
  // Up to 256 bytes are returned at once, also if a signal arrives (getrandom(2)).
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return fail(errno_error(errno, "make a token"));
  }
  std::string digits;
  for (const unsigned char byte : bytes) digits += fmt::format("{:02x}", byte);
  return digits;
}

}  // namespace

Result<std::string> parse_token(std::string_view text) {
  // Editors and `echo` end a file with a newline.
  const std::string_view token = trim(text);
  if (token.empty()) return invalid_token("is empty");
  if (!token.starts_with(kPrefix)) {
    return invalid_token(
        fmt::format("was not made by ktls-tuner: its tokens begin with {}", kPrefix));
  }
  const std::string_view rest = token.substr(kPrefix.size());
  if (rest.size() != kDigits + kCheckDigits || !std::ranges::all_of(rest, is_digit)) {
    return invalid_token(
        fmt::format("was mistyped: {} must be followed by {} characters 0-9 or a-f", kPrefix,
                    kDigits + kCheckDigits));
  }
  const std::string_view digits = rest.substr(0, kDigits);
  if (check_digits(digits) != rest.substr(kDigits)) {
    return invalid_token("was mistyped: its check digits do not match");
  }
  if (!looks_random(digits)) return invalid_token("is not random");
  return std::string(token);
}

Result<std::string> make_token() {
  while (true) {
    auto digits = random_digits();
    if (!digits) return digits;
    if (looks_random(*digits)) {
      return fmt::format("{}{}{}", kPrefix, *digits, check_digits(*digits));
    }
  }
}

}  // namespace tuner
