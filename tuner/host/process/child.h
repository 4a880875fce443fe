// Child processes that end with the object that represents them.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A running program, leader of its own process group. The destructor kills the group.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  // The wait status; nullopt while it runs.
  std::optional<int> ended();

 private:
  pid_t pid_;
};

// Descriptors that become a program's standard streams. They stay open in this process.
struct Streams {
  int input = -1;
  int output = -1;
  int error = -1;
};

// The search path for programs, and PATH in their environment. The caller's PATH is ignored: it may
// contain folders of other users.
inline constexpr std::string_view kProgramPath = "/usr/sbin:/usr/bin:/sbin:/bin";

// The path of a program in kProgramPath, or `name` itself if it has a slash. If no folder has it:
// its path in the last folder.
std::string find_program(std::string_view name);

// The environment of this process with PATH=kProgramPath, for exec and posix_spawn.
class ProgramEnvironment {
 public:
  ProgramEnvironment();
  ProgramEnvironment(const ProgramEnvironment&) = delete;
  ProgramEnvironment& operator=(const ProgramEnvironment&) = delete;
  char* const* get() { return list_.data(); }

 private:
  std::string path_;
  std::vector<char*> list_;
};

// Starts `words`, the program and its arguments, without a shell. The program is searched in
// kProgramPath unless it has a slash. It starts with no signal blocked or ignored. NotFound: no
// such program.
Result<Child> start_child(std::vector<std::string> words, const Streams& streams);

}  // namespace tuner
