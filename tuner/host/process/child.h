// A program that is started here and does not outlive who started it.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A running program, leader of its own process group. Destroying it kills what is left of it.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();

  // The wait status, or nothing while it runs.
  std::optional<int> ended();

 private:
  pid_t pid_;
};

// What a program gets as its standard streams; they stay open here.
struct Streams {
  int input = -1;
  int output = -1;
  int error = -1;
};

// Where programs are looked for, and PATH of each that is started here. The caller's own does not
// count: it may lead through folders of other users.
inline constexpr std::string_view kProgramPath = "/usr/sbin:/usr/bin:/sbin:/bin";

// The path of a program of that name in kProgramPath, which need not be there if it is in none of
// the folders; the name itself if it has a slash.
std::string find_program(std::string_view name);

// This process's environment with PATH as above, for exec and posix_spawn.
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

// `words` is the program, looked for in kProgramPath unless it has a slash, and its arguments; no
// shell. No signal is blocked or ignored in it that we happen to block or ignore. NotFound: no such
// program.
Result<Child> start_child(std::vector<std::string> words, const Streams& streams);

}  // namespace tuner
