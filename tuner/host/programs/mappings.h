// The files that a process has mapped, from /proc/PID/maps. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct MappedFile {
  // Device and inode: two paths with the same are one file, and in another mount namespace a path
  // is another file.
  std::uint32_t major = 0, minor = 0;
  std::uint64_t inode = 0;
  std::string path;      // as the process sees it; any byte but NUL
  bool deleted = false;  // the file was removed or replaced since
  // "7f0000000000-7f0000001000", of the first mapping: its name in /proc/PID/map_files, by which
  // also a deleted file can be opened.
  std::string range;
};

// One entry for each file, in order of addresses; without memory that is no file. A line that is
// not as proc_pid_maps(5) has it is passed over.
std::vector<MappedFile> mapped_files(std::string_view maps);

}  // namespace tuner
