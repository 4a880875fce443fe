// Starts a process that outlives the shell, process group, session, terminal and login session that
// it was started from.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Starts this program with `arguments`, without a terminal, without inherited descriptors, in "/".
// If systemd runs, in the same network and mount namespace as this process: as the transient unit
// `unit`. Otherwise, or if systemd fails to start it: as a process in a session of its own, moved
// out of the login session's control group if there is one. Success means that it was started.
Outcome start_detached(const std::string& unit, const std::vector<std::string>& arguments);

// The systemd-run(1) command line for that unit.
std::vector<std::string> transient_unit(const std::string& unit, const std::string& program,
                                        const std::vector<std::string>& arguments);

// A child process: this program with `arguments`, in a session of its own, without a terminal and
// without inherited descriptors. The destructor kills it. It outlives this process if that is
// killed.
class Companion {
 public:
  explicit Companion(std::vector<std::string> arguments);
  ~Companion();
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;
  // Starts the child if it does not run; restarts it if it has ended or is stopped. If that fails,
  // the next call tries again.
  void keep();

 private:
  void end();

  std::vector<std::string> arguments_;
  int pid_ = 0;
};

// For the detached process: ignores SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1 and SIGUSR2,
// and sets oom_score_adj to -1000.
void ignore_signals();

// Writes a line to the system log (syslog(3), LOG_WARNING).
void write_system_log(std::string_view line);

}  // namespace tuner
