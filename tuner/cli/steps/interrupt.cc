#include "cli/steps/interrupt.h"

#include <array>
#include <cstddef>

namespace tuner {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t seen = 0;

// Little is safe in a handler (signal-safety(7)), so it sets a flag. The run reads it between
// writes.
void note_signal(int /*signal*/) {
  seen = 1;
}

}  // namespace

// SA_RESTART: a signal must not end a read or write of a setting with EINTR.
InterruptGuard::InterruptGuard() {
  seen = 0;
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &before_[i]);
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

bool InterruptGuard::interrupted() {
  return seen != 0;
}

}  // namespace tuner
