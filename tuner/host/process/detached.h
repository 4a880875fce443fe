// Starting a process that stays when everything it was started from goes: the shell, its process
// group and session, the terminal, the login session that the init system takes down.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// This program with these arguments: no terminal, no descriptor of ours, "/" as its folder. Where
// systemd runs and sees the same network and files as this process, it is a transient unit, named
// `unit`, outside the login session; elsewhere, or when systemd refuses, a process of its own
// session, moved out of the login session's control group as far as there is one. Success says that
// it was started, not that it does well.
Outcome start_detached(const std::string& unit, const std::vector<std::string>& arguments);

// The command line of that unit's start.
std::vector<std::string> transient_unit(const std::string& unit, const std::string& program,
                                        const std::vector<std::string>& arguments);

// A child of this process that is this program with these arguments, in a session of its own, with
// no terminal and no descriptor of ours. It is ended with this object, and outlives this process
// when that is killed.
class Companion {
 public:
  explicit Companion(std::vector<std::string> arguments);
  ~Companion();
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;
  // Starts it where it does not run, and anew where it is gone or stopped. One that cannot be
  // started is started at the next call.
  void keep();

 private:
  void end();

  std::vector<std::string> arguments_;
  int pid_ = 0;
};

// For the process itself: signals that end what it outlives are ignored, and memory that runs out
// ends others first. Only SIGKILL is left.
void stay_alive();

// A line in the system log, if somebody keeps one.
void write_system_log(std::string_view line);

}  // namespace tuner
