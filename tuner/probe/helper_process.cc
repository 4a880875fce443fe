#include "probe/helper_process.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "host/files/own_programs.h"
#include "host/process/child.h"
#include "probe/socket_answers.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
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

// Between two looks at StopHelper.
constexpr milliseconds kLongestWait{200};

struct Helper {
  Child child;
  UniqueFd output;
  SocketAnswers answers;
};

// The input, such as a token, goes through the channel that becomes the helper's stdin: command
// line and environment of a process are visible in /proc.
Result<Helper> start(const HelperCall& call, std::vector<std::string> words) {
  auto questions = TRY(question_channel());
  const std::string_view input = call.input;
  if (!input.empty() && ::send(questions.tuners.get(), input.data(), input.size(), MSG_NOSIGNAL) !=
                            static_cast<ssize_t>(input.size())) {
    return fail(errno_error(errno, fmt::format("send {} its input", call.who)));
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(errno_error(errno, "make a pipe"));
  // `theirs` is closed at the end of this function. If it stayed open here, read() would never
  // report the end of the pipe.
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  auto child =
      start_child(std::move(words), {questions.helpers.get(), theirs.get(), STDERR_FILENO});
  if (!child) return fail(child.error());
  return Helper{std::move(*child), std::move(ours), SocketAnswers(std::move(questions.tuners))};
}

int wait_until(SteadyClock::time_point end) {
  // Rounded up: in the last millisecond a wait of 0 ms would make the loop busy.
  const auto left = std::chrono::ceil<milliseconds>(end - SteadyClock::now());
  return static_cast<int>(std::clamp(left, milliseconds(0), kLongestWait).count());
}

tl::unexpected<Error> overrun(const HelperCall& call) {
  return fail(Fault::TimedOut,
              fmt::format("{} did not end within its time limit and was killed", call.who),
              std::string(call.slow_hint));
}

// Reads the pipe to its end, and answers the helper's questions meanwhile.
// Both descriptors in one loop: the helper waits for an answer to its question before it writes on,
// so a tuner that only reads the pipe would wait for it without end.
Result<HelperEnd> pass_on(const HelperCall& call, Helper& helper, SteadyClock::time_point end,
                          const TakeOutput& take, const StopHelper& stop) {
  std::size_t taken = 0;
  std::array<char, 65536> buffer;
  while (true) {
    pollfd ready[] = {{.fd = helper.output.get(), .events = POLLIN, .revents = 0},
                      {.fd = helper.answers.fd(), .events = POLLIN, .revents = 0}};
    if (::poll(ready, std::size(ready), wait_until(end)) < 0 && errno != EINTR) {
      return fail(errno_error(errno, fmt::format("wait for {}", call.who)));
    }
    if (stop && stop()) return HelperEnd::Stopped;
    if (SteadyClock::now() >= end) return overrun(call);
    // A closed channel is -1 here, which poll(2) skips.
    if (ready[1].revents != 0) helper.answers.answer_one();
    // POLLHUP alone counts as well: read() then returns what is left, and 0 at the end.
    if (ready[0].revents == 0) continue;
    const ssize_t size = retry_interrupted(
        [&] { return ::read(helper.output.get(), buffer.data(), buffer.size()); });
    if (size < 0) return fail(errno_error(errno, fmt::format("read {}'s report", call.who)));
    if (size == 0) return HelperEnd::ByItself;
    taken += static_cast<std::size_t>(size);
    if (taken > call.longest_output) {
      return fail(Fault::Internal, fmt::format("{}'s report is longer than {} MiB", call.who,
                                               call.longest_output >> 20U));
    }
    TRY(take(std::string_view(buffer.data(), static_cast<std::size_t>(size))));
  }
}

// glibc 2.41 (Debian 13), unlike 2.36, forks with all signals blocked. Then the kernel cannot run
// the SIGSYS handler that names the call (probe/handshake/call_filter.cc).
tl::unexpected<Error> sandbox_error(const HelperCall& call) {
  return fail(Fault::Internal,
              fmt::format("{}'s sandbox stopped a system call; its name is not known because all "
                          "signals were blocked",
                          call.who),
              "the kernel's log has its number (type=1326, syscall=…): please report it with the "
              "output of ktls-tuner facts");
}

// A poll of 5 ms without descriptors is the pause. The pipe was closed, so the end is near.
Outcome await_end(const HelperCall& call, Child& child, SteadyClock::time_point end) {
  while (SteadyClock::now() < end) {
    const std::optional<int> status = child.ended();
    if (!status) {
      ::poll(nullptr, 0, 5);
      continue;
    }
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
    if (WIFSIGNALED(*status) && WTERMSIG(*status) == SIGALRM)
      return overrun(call);  // its own alarm()
    if (WIFSIGNALED(*status) && WTERMSIG(*status) == SIGSYS) return sandbox_error(call);
    const std::string how = WIFEXITED(*status) ? fmt::format("status {}", WEXITSTATUS(*status))
                                               : fmt::format("signal {}", WTERMSIG(*status));
    return fail(Fault::Internal, fmt::format("{} ended with {}", call.program, how),
                WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL
                    ? "dmesg shows whether it was killed because memory ran out; run it again"
                    : "");
  }
  return overrun(call);
}

}  // namespace

// The helper is killed with its children when `helper` goes.
Result<HelperEnd> run_helper(HelperCall call, const TakeOutput& take, const StopHelper& stop) {
  const auto end = SteadyClock::now() + call.limit;
  auto path = TRY(find_own_program(call.program, call.who));
  std::vector<std::string> words = std::move(call.options);
  words.insert(words.begin(), std::move(path));
  auto helper = TRY(start(call, std::move(words)));
  const auto how = TRY(pass_on(call, helper, end, take, stop));
  if (how == HelperEnd::ByItself) TRY(await_end(call, helper.child, end));
  return how;
}

Result<std::string> output_of_helper(HelperCall call) {
  std::string text;
  const auto take = [&text](std::string_view part) -> Outcome {
    text += part;
    return {};
  };
  TRY(run_helper(std::move(call), take));
  return text;
}

}  // namespace tuner
