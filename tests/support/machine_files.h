// The files of a recorded machine in memory, and the single-file format in which recordings are
// kept in git.
#pragma once

#include "base/result.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tuner::testing {

struct MachineFiles {
  std::map<std::string, std::string> files;  // path → text, with its final newline
  std::map<std::string, std::string> links;  // path → target
  std::set<std::string> folders;             // empty folders; others are implied

  // Adds a final newline, as in the kernel's files.
  void set(std::string path, std::string_view text);
  bool operator==(const MachineFiles&) const = default;
};

// Writes the files below `directory`, for --root.
Outcome write_machine(const MachineFiles& machine, const std::string& directory);

// "# a remark"                          only before the first entry
// "== /proc/sys/kernel/osrelease"       then the file's lines
// "== /sys/class/net/eth0 -> ../../x"   a symbolic link
// "== /sys/module/tls/"                 an empty folder
//
// A line of a file that starts with "==" or "\" is prefixed with "\". scripts/capture-host also
// writes this format. Invalid: a line without an entry, or an invalid path.
Result<MachineFiles> parse_machine(std::string_view archive);
std::string print_machine(const MachineFiles& machine);

}  // namespace tuner::testing
