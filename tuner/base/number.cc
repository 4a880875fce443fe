#include "base/number.h"

#include <fmt/format.h>

namespace tuner {

tl::unexpected<Error> no_whole_number(std::string_view shown, std::string_view least,
                                      std::string_view most) {
  constexpr std::size_t kShown = 40;  // hostile input can be as long as its file
  const std::string_view start = shown.substr(0, kShown);
  return fail(Fault::Invalid, fmt::format("'{}{}' is not a whole number from {} to {}", start,
                                          start.size() < shown.size() ? "…" : "", least, most));
}

}  // namespace tuner
