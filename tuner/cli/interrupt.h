// Ctrl-C, a closed SSH session or a stopped unit in the middle of writing: noticed between two
// writes, so that the run is taken back instead of left half done.
#pragma once

#include <array>
#include <csignal>

namespace tuner {

// While it lives, SIGINT, SIGTERM and SIGHUP are remembered instead of ending the process. One at a
// time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static bool interrupted();

 private:
  std::array<struct sigaction, 3> before_{};
};

}  // namespace tuner
