// The program's version, from CMakeLists.txt.
#pragma once

#include <string_view>

namespace tuner {

extern const std::string_view kVersion;

}  // namespace tuner
