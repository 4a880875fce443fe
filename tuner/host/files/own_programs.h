// Programs of this package in libexec, which are not in PATH.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Path of a program: in the folder of this program, in the libexec folder relative to it, or in
// /usr/libexec/ktls-tuner. Users other than root can set $KTLS_TUNER_LIBEXEC to a folder; then only
// that folder is searched. `who` is the caller for messages: "the probe". NotFound: the text lists
// the folders. Refused: this process is root, and a user other than root and the owner of this
// program's file can write the program or a folder above it.
Result<std::string> find_own_program(std::string_view name, std::string_view who);

// The folders in that order. `self`: path of this program; `named`: the value of
// $KTLS_TUNER_LIBEXEC, nullptr if unset.
std::vector<std::string> own_program_folders(std::string_view self, const char* named, bool root);

// Whether root may run the program at `path`; `owner` is the user of this program's own file.
Outcome may_be_run_as_root(const std::string& path, uid_t owner);

// For tests with programs of their own: while it exists, find_own_program() searches this folder
// only and does not check owner and mode.
class OwnProgramsOverride {
 public:
  explicit OwnProgramsOverride(std::string folder);
  OwnProgramsOverride(const OwnProgramsOverride&) = delete;
  OwnProgramsOverride& operator=(const OwnProgramsOverride&) = delete;
  ~OwnProgramsOverride();
};

}  // namespace tuner
