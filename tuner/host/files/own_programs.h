// Programs of this package that are not in PATH: libexec's.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Where it is: beside this program or in the libexec folder that belongs to it, else in
// /usr/libexec/ktls-tuner. A user other than root may name a folder in $KTLS_TUNER_LIBEXEC; then it
// is looked for there alone. NotFound names the folders; `who` needs it: "the probe". Refused: it
// is there, and root does not run it, because others than root and the owner of this program's own
// file could have written it, or a folder above it.
Result<std::string> find_own_program(std::string_view name, std::string_view who);

// The folders in that order, for a program at `self` and what the environment names (nullptr:
// nothing).
std::vector<std::string> own_program_folders(std::string_view self, const char* named, bool root);

// Whether root may run the program at `path`; `owner` is the user of this program's own file.
Outcome may_be_run_as_root(const std::string& path, uid_t owner);

// For tests, which put programs in the place of ours: until its end they are looked for in this
// folder alone, and are run as they are.
class OwnProgramsIn {
 public:
  explicit OwnProgramsIn(std::string folder);
  OwnProgramsIn(const OwnProgramsIn&) = delete;
  OwnProgramsIn& operator=(const OwnProgramsIn&) = delete;
  ~OwnProgramsIn();
};

}  // namespace tuner
