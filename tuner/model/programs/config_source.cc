#include "model/programs/config_source.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {

std::string to_text(const ConfigPlace& place) {
  return place.line == 0 ? place.file : fmt::format("{}:{}", place.file, place.line);
}

bool ConfigLimits::takes_file(std::string_view path, int depth) {
  return (depth <= kDeepestInclude && ++files_ <= kMostConfigFiles) || refuse(path);
}

bool ConfigLimits::takes_include(std::string_view path) {
  return ++includes_ <= kMostConfigFiles || refuse(path);
}

bool ConfigLimits::refuse(std::string_view path) {
  if (!refused_) doubt(fmt::format("{} was not read: too many included files", path));
  refused_ = true;
  return false;
}

void ConfigLimits::doubt(std::string text) {
  constexpr std::size_t kMostDoubts = 20;
  constexpr std::size_t kLongest = 1024;
  if (doubts_.size() >= kMostDoubts) return;
  if (text.size() > kLongest) text.resize(kLongest);
  if (std::ranges::count(doubts_, text) == 0) doubts_.push_back(std::move(text));
}

}  // namespace tuner
