#include "probe/token.h"

#include "base/text.h"

#include <fmt/format.h>

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace tuner {
namespace {

// Whoever listens in can try guesses against what was said, so it must be worth more than a word.
constexpr std::size_t kShortest = 16;
constexpr std::size_t kLongest = 256;

tl::unexpected<Error> unfit(std::string_view why) {
  return fail(Fault::Invalid, fmt::format("the token {}", why),
              "openssl rand -hex 16 makes a good one");
}

}  // namespace

Result<std::string> parse_token(std::string_view text) {
  const std::string_view token = trim(text);
  if (token.empty()) return unfit("is empty");
  if (token.find('\n') != std::string_view::npos) return unfit("has several lines");
  if (!std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; })) {
    return unfit("has blanks or characters that are not printable ASCII");
  }
  if (token.size() < kShortest || token.size() > kLongest) {
    return unfit(fmt::format("has {} characters, and {} to {} are allowed", token.size(), kShortest,
                             kLongest));
  }
  return std::string(token);
}

Result<std::string> make_token() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return fail(errno_error(errno, "make a token"));
  }
  std::string token;
  for (const unsigned char byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

}  // namespace tuner
