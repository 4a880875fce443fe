// The files of a recorded machine before they are on disk, and the one-file form in which
// recordings are kept in git.
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
  std::set<std::string> folders;             // empty ones; others are implied

  // Adds the newline that files of the kernel end in.
  void set(std::string path, std::string_view text);
  bool operator==(const MachineFiles&) const = default;
};

// As real files below `directory`, which --root can then open.
Outcome write_machine(const MachineFiles& machine, const std::string& directory);

// "# a remark"                          only before the first entry
// "== /proc/sys/kernel/osrelease"       then the file's lines
// "== /sys/class/net/eth0 -> ../../x"   a symbolic link
// "== /sys/module/tls/"                 an empty folder
//
// A line of a file that starts with "==" or "\" has a "\" before it. scripts/capture-host writes
// this form, too. Invalid: a line that fits nothing.
Result<MachineFiles> parse_machine(std::string_view archive);
std::string print_machine(const MachineFiles& machine);

}  // namespace tuner::testing
