#include "cli/steps/watch_input.h"

#include "base/interrupted.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>

namespace tuner {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP};
constexpr char kEndOfTransmission = '\x04';  // Ctrl-D

bool is_foreground(int terminal) {
  return ::isatty(terminal) == 1 && ::tcgetpgrp(terminal) == ::getpgrp();
}

}  // namespace

// Signals are blocked and read from a descriptor: a signal that arrives between a look and poll(2)
// is not lost, and no handler runs while the kernel is asked.
Result<WatchInput> WatchInput::open(bool keys) {
  WatchInput input;
  sigset_t mask;
  sigemptyset(&mask);
  for (const int signal : kSignals) sigaddset(&mask, signal);
  input.signals_ = UniqueFd(::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!input.signals_) {
    input.owns_ = false;
    return fail(errno_error(errno, "wait for signals (signalfd)"));
  }
  ::sigprocmask(SIG_BLOCK, &mask, &input.mask_before_);
  if (keys && is_foreground(STDIN_FILENO)) input.take_keys();
  return input;
}

WatchInput::WatchInput(WatchInput&& other) noexcept
    : owns_(std::exchange(other.owns_, false)),
      signals_(std::move(other.signals_)),
      mask_before_(other.mask_before_),
      mode_before_(std::exchange(other.mode_before_, std::nullopt)),
      before_stop_(std::move(other.before_stop_)),
      after_stop_(std::move(other.after_stop_)) {}

WatchInput::~WatchInput() {
  if (!owns_) return;
  give_back_keys();
  // What is still pending has been obeyed: it must not end the process when it is let through.
  signalfd_siginfo pending{};
  while (::read(signals_.get(), &pending, sizeof pending) == sizeof pending) {
  }
  ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
}

void WatchInput::on_stop(std::function<void()> before, std::function<void()> after) {
  before_stop_ = std::move(before);
  after_stop_ = std::move(after);
}

// Ctrl-C stays a signal (ISIG).
void WatchInput::take_keys() {
  termios mode{};
  if (::tcgetattr(STDIN_FILENO, &mode) != 0) return;
  mode_before_ = mode;
  mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  // read(2) returns with the first key (termios(3)).
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

void WatchInput::give_back_keys() const {
  if (mode_before_) ::tcsetattr(STDIN_FILENO, TCSANOW, &*mode_before_);
}

void WatchInput::stop() {
  give_back_keys();
  if (before_stop_) before_stop_();
  ::raise(SIGSTOP);  // SIGTSTP itself is blocked
  if (mode_before_ && is_foreground(STDIN_FILENO)) take_keys();
  if (after_stop_) after_stop_();
}

WatchEvent WatchInput::signalled() {
  signalfd_siginfo signal{};
  bool redraw = false;
  while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
    if (signal.ssi_signo == SIGTSTP) stop();
    if (signal.ssi_signo != SIGTSTP && signal.ssi_signo != SIGWINCH) return WatchEvent::Quit;
    redraw = true;
  }
  return redraw ? WatchEvent::Redraw : WatchEvent::TimeUp;
}

WatchEvent WatchInput::typed() const {
  std::array<char, 64> keys{};
  const auto count =
      retry_interrupted([&] { return ::read(STDIN_FILENO, keys.data(), keys.size()); });
  if (count <= 0) return WatchEvent::Quit;  // the terminal is gone
  for (const char key : std::string_view(keys.data(), static_cast<std::size_t>(count)))
    if (key == 'q' || key == 'Q' || key == kEndOfTransmission) return WatchEvent::Quit;
  return WatchEvent::Redraw;
}

WatchEvent WatchInput::wait(std::chrono::milliseconds at_most) {
  std::array<pollfd, 2> sources{pollfd{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0}};
  const nfds_t count = mode_before_ ? 2 : 1;
  const int ready = retry_interrupted(
      [&] { return ::poll(sources.data(), count, static_cast<int>(at_most.count())); });
  if (ready < 0) return WatchEvent::Quit;
  if (ready == 0) return WatchEvent::TimeUp;
  if (sources[0].revents != 0) return signalled();
  return typed();
}

}  // namespace tuner
