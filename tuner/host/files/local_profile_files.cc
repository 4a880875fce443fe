#include "host/files/local_profile_files.h"

#include "base/interrupted.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace tuner {
namespace {

namespace fs = std::filesystem;

class LocalProfileFiles : public ProfileFiles {
 public:
  Result<std::string> read(const std::string& path, std::size_t max_bytes) const override {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status))
      return fail(errno_error(error ? error.value() : ENOENT, "read " + path));
    if (!fs::is_regular_file(status)) return fail(Fault::Invalid, path + ": not a regular file");
    // read(2), not a stream: std::ifstream reports a failed read as the end of the file.
    const UniqueFd file = open_fd(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file) return fail(errno_error(errno, "read " + path));
    // One byte more than the limit tells a file of that size from a larger one. The size of stat(2)
    // is no help: it is 0 for files in /proc.
    constexpr std::size_t kFirst = 16UL * 1024;  // few profiles are longer
    std::string text(std::min(kFirst, max_bytes + 1), '\0');
    std::size_t have = 0;
    while (have <= max_bytes) {
      if (have == text.size()) text.resize(std::min(2 * have, max_bytes + 1));
      const ssize_t size = retry_interrupted(
          [&] { return ::read(file.get(), text.data() + have, text.size() - have); });
      if (size < 0) return fail(errno_error(errno, "read " + path));
      if (size == 0) break;
      have += static_cast<std::size_t>(size);
    }
    text.resize(have);
    if (text.size() <= max_bytes) return text;
    return fail(Fault::Invalid, fmt::format("{}: larger than {} bytes", path, max_bytes));
  }

  Result<std::vector<std::string>> list(const std::string& directory) const override {
    std::error_code error;
    std::vector<std::string> names;
    // increment() instead of ++, which throws.
    for (fs::directory_iterator entry(directory, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
      names.push_back(entry->path().filename().string());
    }
    if (error) return fail(errno_error(error.value(), "list " + directory));
    return names;
  }
};

}  // namespace

std::unique_ptr<ProfileFiles> local_profile_files() {
  return std::make_unique<LocalProfileFiles>();
}

std::vector<std::string> profile_directories() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  // The administrator's folder first: a profile there hides a shipped one of the same name. The
  // other folder is found from the program, so that a build and a package use their own.
  return {"/etc/ktls-tuner/profiles.d",
          (program.parent_path().parent_path() / "share/ktls-tuner/profiles").string()};
}

}  // namespace tuner
