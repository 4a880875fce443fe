// What ends or redraws `watch`: signals and keys, waited for together with the time.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "cli/steps/watch_loop.h"

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <termios.h>

namespace tuner {

// During its lifetime SIGINT, SIGTERM, SIGHUP, SIGWINCH and SIGTSTP are events. With keys, the
// terminal on stdin hands each key over at once and shows none; destruction restores its mode. At
// most one instance at a time.
class WatchInput {
 public:
  // Keys are read only if stdin is a terminal of which this process is in the foreground: another
  // one would be stopped by the kernel (SIGTTIN). Fails if the kernel has no signalfd(2).
  static Result<WatchInput> open(bool keys);
  ~WatchInput();
  WatchInput(WatchInput&& other) noexcept;
  WatchInput& operator=(WatchInput&&) = delete;

  // Before the process stops on Ctrl-Z, and after it goes on.
  void on_stop(std::function<void()> before, std::function<void()> after);

  // Quit: q, Ctrl-C, Ctrl-D, a signal to end, or the terminal is gone.
  WatchEvent wait(std::chrono::milliseconds at_most);

 private:
  WatchInput() = default;
  WatchEvent signalled();
  WatchEvent typed() const;
  void stop();
  void take_keys();
  void give_back_keys() const;

  bool owns_ = true;
  UniqueFd signals_;
  sigset_t mask_before_{};
  std::optional<termios> mode_before_;  // nullopt: keys are not read
  std::function<void()> before_stop_, after_stop_;
};

}  // namespace tuner
