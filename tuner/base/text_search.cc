#include "base/text_search.h"

#include <algorithm>

namespace tuner {
namespace {

std::size_t block(char first, char second) {
  return static_cast<std::size_t>(static_cast<unsigned char>(first)) << 8U |
         static_cast<unsigned char>(second);
}

}  // namespace

TextSearch::TextSearch(std::span<const std::string_view> texts)
    : texts_(texts.begin(), texts.end()),
      shortest_(std::ranges::min(texts, {}, &std::string_view::size).size()),
      shift_(std::make_unique<std::array<std::uint8_t, std::size_t{1} << 16U>>()) {
  shift_->fill(static_cast<std::uint8_t>(shortest_ - 1));
  for (const std::string_view text : texts_) {
    for (std::size_t at = 0; at + 1 < shortest_; ++at) {
      std::uint8_t& shift = (*shift_)[block(text[at], text[at + 1])];
      shift = std::min(shift, static_cast<std::uint8_t>(shortest_ - 2 - at));
    }
  }
}

std::size_t TextSearch::text_at(std::string_view rest) const {
  const auto found =
      std::ranges::find_if(texts_, [&](std::string_view text) { return rest.starts_with(text); });
  return static_cast<std::size_t>(found - texts_.begin());
}

TextSearch::Place TextSearch::next(std::string_view bytes, std::size_t from) const {
  for (std::size_t end = from + shortest_; end <= bytes.size();) {
    const std::size_t shift = (*shift_)[block(bytes[end - 2], bytes[end - 1])];
    if (shift > 0) {
      end += shift;
      continue;
    }
    const std::size_t at = end - shortest_;
    if (const std::size_t text = text_at(bytes.substr(at)); text != none()) return {text, at};
    ++end;
  }
  return {none(), bytes.size()};
}

}  // namespace tuner
