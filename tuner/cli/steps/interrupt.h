// Ctrl-C, a closed SSH connection or a stopped unit while apply writes: the signal is noticed
// between two writes, so that the run is rolled back instead of left half done.
#pragma once

#include <array>
#include <csignal>

namespace tuner {

// During its lifetime, SIGINT, SIGTERM and SIGHUP set a flag instead of ending the process. At most
// one instance at a time.
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
