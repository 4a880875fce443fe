#include "cli/steps/interrupt.h"

#include <array>
#include <cstddef>

namespace tuner {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t seen = 0;

void note_signal(int /*signal*/) {
  seen = 1;
}

}  // namespace

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
