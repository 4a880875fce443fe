#include "host/files/document_files.h"

#include "base/interrupted.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

namespace tuner {
namespace {

Result<std::string> read_all(int fd, const std::string& path, std::size_t longest) {
  std::string text;
  std::array<char, 65536> piece{};
  while (true) {
    const ssize_t size = retry_interrupted([&] { return ::read(fd, piece.data(), piece.size()); });
    if (size < 0) return fail(errno_error(errno, "read " + path));
    if (size == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(size));
    if (text.size() > longest) {
      return fail(Fault::Invalid, fmt::format("{} is larger than {} MiB: not a document of "
                                              "ktls-tuner",
                                              path, longest >> 20U));
    }
  }
}

bool is_document(const std::filesystem::directory_entry& entry) {
  std::error_code ignored;
  const std::string name = entry.path().filename().string();
  return name.ends_with(".json") && !name.starts_with('.') && entry.is_regular_file(ignored);
}

}  // namespace

Result<std::string> read_document_file(const std::string& path, std::size_t longest) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input", longest);
  const UniqueFd file = open_fd(path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
  if (!file) return fail(errno_error(errno, "open " + path));
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) return fail(errno_error(errno, "stat " + path));
  // Reading a FIFO could block without end. A caller who wants to read one uses "-". A folder
  // passes here: read(2) on it fails with EISDIR, which says what it is.
  if (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode))
    return fail(Fault::Invalid, path + " is not a regular file",
                "`ktls-tuner report -` reads a document from standard input");
  return read_all(file.get(), path, longest);
}

Result<std::vector<std::string>> list_document_files(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  // Links to folders are not followed, so a loop of links has an end.
  fs::recursive_directory_iterator entry(folder, error);
  std::vector<std::string> files;
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (is_document(*entry)) files.push_back(entry->path().string());
  }
  if (error) return fail(errno_error(error.value(), "list " + folder));
  // The order of readdir(3) depends on the file system. Pages of the same files must be the same.
  std::ranges::sort(files);
  return files;
}

}  // namespace tuner
