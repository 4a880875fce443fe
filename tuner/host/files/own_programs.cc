#include "host/files/own_programs.h"

#include "base/handle.h"
#include "host/files/trusted_path.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>

namespace tuner {
namespace {

constexpr int kMostLinks = 8;

std::optional<std::string>& in_tests() {
  static std::optional<std::string> folder;
  return folder;
}

std::string folder_of(const WalkedPath& walked) {
  return walked.way.back().path;
}

Outcome refuse(const std::string& path, std::string_view why) {
  return fail(Fault::Refused, fmt::format("{} is not run: {}", path, why),
              "reinstall ktls-tuner, or run chown root and chmod go-w on the named file");
}

Outcome check_owner(const struct stat& about, const std::string& path,
                    std::span<const uid_t> owners) {
  for (const uid_t owner : owners) {
    if (owner == about.st_uid) return {};
  }
  return refuse(path, fmt::format("it belongs to user {}", about.st_uid));
}

// Follows links itself, so that each folder on the way is checked as well.
Outcome check_trusted(const std::string& path, std::span<const uid_t> owners, int links) {
  const auto walked = TRY(open_path("", path));
  TRY(path_is_trusted(walked, owners));
  struct stat about {};
  const int folder = walked.folder.get();
  if (::fstatat(folder, walked.name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0)
    return fail(errno_error(errno, "stat " + path));
  TRY(check_owner(about, path, owners));
  if (S_ISLNK(about.st_mode)) {
    std::array<char, 4096> target{};
    const ssize_t size =
        ::readlinkat(folder, walked.name.c_str(), target.data(), target.size() - 1);
    if (size <= 0 || links == 0) return refuse(path, "its symbolic link cannot be followed");
    // An absolute target replaces the folder (operator/), a relative one starts there.
    const std::filesystem::path next = std::filesystem::path(folder_of(walked)) / target.data();
    return check_trusted(next.string(), owners, links - 1);
  }
  if (!S_ISREG(about.st_mode)) return refuse(path, "it is not a regular file");
  if ((about.st_mode & 022U) == 0) return {};
  return refuse(path, fmt::format("users other than its owner can write it (mode {:04o})",
                                  about.st_mode & 07777U));
}

uid_t owner_of_self() {
  struct stat about {};
  return ::stat("/proc/self/exe", &about) == 0 ? about.st_uid : 0;
}

std::vector<std::string> candidates() {
  if (in_tests()) return {*in_tests()};
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return own_program_folders(self.string(), ::secure_getenv("KTLS_TUNER_LIBEXEC"),
                             ::geteuid() == 0);
}

}  // namespace

std::vector<std::string> own_program_folders(std::string_view self, const char* named, bool root) {
  // Root ignores the variable: sudo -E passes a user's environment on.
  if (named != nullptr && !root) return {named};
  std::vector<std::string> folders;
  const auto beside = std::filesystem::path(self).parent_path();
  if (!beside.empty())
    folders = {beside.string(), (beside.parent_path() / "libexec/ktls-tuner").string()};
  folders.emplace_back("/usr/libexec/ktls-tuner");
  return folders;
}

Outcome may_be_run_as_root(const std::string& path, uid_t owner) {
  return check_trusted(path, std::array<uid_t, 2>{0, owner}, kMostLinks);
}

Result<std::string> find_own_program(std::string_view name, std::string_view who) {
  const auto folders = candidates();
  for (const std::string& folder : folders) {
    const std::string path = fmt::format("{}/{}", folder, name);
    if (::access(path.c_str(), X_OK) != 0) continue;
    if (::geteuid() != 0 || in_tests()) return path;
    // An untrusted program is an error. It must not be skipped for one in a later folder.
    if (auto ours = may_be_run_as_root(path, owner_of_self()); !ours) {
      Error error = ours.error();
      error.text = fmt::format("{} needs {}: {}", who, name, error.text);
      return fail(std::move(error));
    }
    return path;
  }
  return fail(Fault::NotFound,
              fmt::format("{} needs {}, which is not in {}", who, name, fmt::join(folders, ", ")),
              "reinstall ktls-tuner: the helper is part of the package");
}

OwnProgramsOverride::OwnProgramsOverride(std::string folder) {
  in_tests() = std::move(folder);
}

OwnProgramsOverride::~OwnProgramsOverride() {
  in_tests().reset();
}

}  // namespace tuner
