#include "host/process/run_program.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "host/process/child.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kLongestOutput = 64U << 10U;
constexpr milliseconds kPause{5};

// Reads what is available now. It does not wait for the end of the pipe: a process that the program
// left behind may keep it open.
void drain(int fd, std::string& text) {
  std::array<char, 4096> buffer;
  for (ssize_t size = 0;
       (size = retry_interrupted([&] { return ::read(fd, buffer.data(), buffer.size()); })) > 0;) {
    const std::size_t room = kLongestOutput - text.size();
    text.append(buffer.data(), std::min(static_cast<std::size_t>(size), room));
  }
}

int exit_status(int status) {
  // As a shell reports a signal.
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<ProgramResult> run_program(std::vector<std::string> words, milliseconds limit) {
  const auto end = SteadyClock::now() + limit;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(errno_error(errno, "create a pipe"));
  const UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  // Only this end: O_NONBLOCK at the program's end would make its writes fail with EAGAIN.
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  const UniqueFd null = open_fd("/dev/null", O_RDONLY);
  auto child = start_child(words, {null.get(), theirs.get(), theirs.get()});
  if (!child) return fail(child.error());
  theirs.reset();
  ProgramResult ended;
  while (SteadyClock::now() < end) {
    // In this order: once the program has ended, all of its output is in the pipe.
    const std::optional<int> status = child->ended();
    drain(ours.get(), ended.output);
    if (status) {
      ended.status = exit_status(*status);
      return ended;
    }
    pollfd ready{.fd = ours.get(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, static_cast<int>(kPause.count()));
    // The program has closed its end of the pipe: poll(2) above returns at once from now on.
    if ((ready.revents & POLLHUP) != 0) ::poll(nullptr, 0, static_cast<int>(kPause.count()));
  }
  // The destructor of `child` kills the program and what it started.
  return fail(Fault::TimedOut,
              fmt::format("{} did not end within {} s and was killed", words.front(),
                          std::chrono::ceil<std::chrono::seconds>(limit).count()));
}

}  // namespace tuner
