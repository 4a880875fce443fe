// The reference for `check`: makes the same reads in the same way and does nothing else.
//   bare LIST [ROOT]
// LIST has a line per open: "read PATH", "list PATH" (a folder) or "path PATH" (opened without
// reading). With ROOT the paths are opened below it, as in a recorded machine.
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

int open_below(int root, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned long long>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT;
  return static_cast<int>(syscall(SYS_openat2, root, path, &how, sizeof(how)));
}

std::size_t read_all(int fd) {
  static char block[65536];
  std::string text;
  for (ssize_t got = 0; (got = read(fd, block, text.size() < 2048 ? 4095 : sizeof(block))) > 0;)
    text.append(block, static_cast<std::size_t>(got));
  return text.size();
}

std::size_t list_all(int fd) {
  DIR* const folder = fdopendir(fd);
  std::vector<std::string> names;
  while (const dirent* entry = readdir(folder)) names.emplace_back(entry->d_name);
  closedir(folder);
  return names.size();
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fputs("usage: bare LIST [ROOT]\n", stderr);
    return 64;
  }
  const int root = count > 2 ? open(arguments[2], O_PATH | O_DIRECTORY) : -1;
  std::ifstream list(arguments[1]);
  std::size_t seen = 0;
  for (std::string line; std::getline(list, line);) {
    const std::string_view how(line.data(), 4);
    const char* const path = line.c_str() + 5;
    const int flags = how == "list" ? O_RDONLY | O_DIRECTORY : how == "path" ? O_PATH : O_RDONLY;
    const int fd = root >= 0 ? open_below(root, path, flags) : open(path, flags | O_CLOEXEC);
    if (fd < 0) continue;
    if (how == "read") seen += read_all(fd);
    if (how == "list") seen += list_all(fd);
    if (how != "list") close(fd);
  }
  return seen == 0 ? 1 : 0;
}
