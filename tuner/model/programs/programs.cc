#include "model/programs/programs.h"

#include <algorithm>
#include <array>

namespace tuner {

LibraryOrigin library_origin(const ProgramLibrary& library) {
  if (library.built_in) return LibraryOrigin::BuiltIn;
  constexpr std::array<std::string_view, 4> kSystem{"/usr/lib/", "/lib/", "/usr/lib64/", "/lib64/"};
  const std::string_view path = library.path;
  const auto below = [&](std::string_view folder) { return path.starts_with(folder); };
  return std::ranges::any_of(kSystem, below) ? LibraryOrigin::System : LibraryOrigin::Bundled;
}

}  // namespace tuner
