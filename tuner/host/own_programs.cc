#include "host/own_programs.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace tuner {
namespace {

// Where a helper may be: where a test says, beside this program (a build folder), where
// `make install` puts it relative to sbin, and where the package puts it.
std::vector<std::filesystem::path> candidates() {
  std::vector<std::filesystem::path> folders;
  if (const char* folder = std::getenv("KTLS_TUNER_LIBEXEC")) return {folder};
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  if (!self.empty()) folders = {self, self.parent_path() / "libexec/ktls-tuner"};
  folders.emplace_back("/usr/libexec/ktls-tuner");
  return folders;
}

}  // namespace

Result<std::string> find_own_program(std::string_view name, std::string_view who) {
  std::string looked;
  for (const auto& folder : candidates()) {
    const auto path = folder / name;
    if (::access(path.c_str(), X_OK) == 0) return path.string();
    looked += (looked.empty() ? "" : ", ") + folder.string();
  }
  return fail(Fault::NotFound, fmt::format("{} needs {}, which is not in {}", who, name, looked),
              "reinstall ktls-tuner: the helper belongs to the same package");
}

}  // namespace tuner
