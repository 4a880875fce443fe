// Finds several texts in one pass over bytes: Wu and Manber, "A fast algorithm for multi-pattern
// searching" (1994), with blocks of two bytes. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace tuner {

class TextSearch {
 public:
  // At least one text, each of 2 to 255 bytes; they must outlive the search.
  explicit TextSearch(std::span<const std::string_view> texts);

  struct Place {
    std::size_t text = 0;  // its number
    std::size_t at = 0;    // where it begins
  };
  // The first place at or after `from` at which one of the texts begins; of several there, the one
  // with the lowest number. text == none(): there is none.
  Place next(std::string_view bytes, std::size_t from) const;
  std::size_t none() const { return texts_.size(); }

 private:
  std::size_t text_at(std::string_view rest) const;

  std::vector<std::string_view> texts_;
  std::size_t shortest_ = 0;
  // By two bytes: how far the window of the shortest length can move if it ends in these.
  std::unique_ptr<std::array<std::uint8_t, std::size_t{1} << 16U>> shift_;
};

}  // namespace tuner
