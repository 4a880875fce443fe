#include "model/config_source.h"

#include <fmt/format.h>

namespace tuner {

std::string to_text(const ConfigPlace& place) {
  return place.line == 0 ? place.file : fmt::format("{}:{}", place.file, place.line);
}

}  // namespace tuner
