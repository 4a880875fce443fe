#include "host/run_program.h"

#include "base/handle.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace tuner {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kLongestOutput = 64U << 10U;
constexpr milliseconds kPause{5};

// A running program, leader of its own process group. Destroying it leaves nothing behind.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // Until it is reaped its number cannot be another process's, nor another group's.
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }

  // The wait status, or nothing while it runs.
  std::optional<int> ended() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_;
};

struct SpawnSetup {
  explicit SpawnSetup(int output) {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSetup() {
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

Result<pid_t> start(std::vector<std::string>& words, int output) {
  const SpawnSetup setup(output);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, words.front().c_str(), &setup.actions, &setup.attributes,
                                   arguments.data(), ::environ);
  if (error != 0) return fail(errno_error(error, "start " + words.front()));
  return pid;
}

// What is there to read now. A program may leave a child behind that keeps the pipe open, so its
// end is not waited for.
void drain(int fd, std::string& text) {
  std::array<char, 4096> buffer;
  for (ssize_t size = 0; (size = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    const std::size_t room = kLongestOutput - text.size();
    text.append(buffer.data(), std::min(static_cast<std::size_t>(size), room));
  }
}

int exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<Ended> run_program(std::vector<std::string> words, milliseconds limit) {
  const auto end = Clock::now() + limit;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(errno_error(errno, "make a pipe"));
  const UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  const auto pid = start(words, theirs.get());
  if (!pid) return fail(pid.error());
  theirs.reset();
  Child child(*pid);
  Ended ended;
  while (Clock::now() < end) {
    const std::optional<int> status = child.ended();
    drain(ours.get(), ended.output);
    if (status) {
      ended.status = exit_status(*status);
      return ended;
    }
    pollfd ready{.fd = ours.get(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, static_cast<int>(kPause.count()));
    if ((ready.revents & POLLHUP) != 0) ::poll(nullptr, 0, static_cast<int>(kPause.count()));
  }
  return fail(Fault::TimedOut,
              fmt::format("{} did not end within {} s and was killed", words.front(),
                          std::chrono::ceil<std::chrono::seconds>(limit).count()));
}

}  // namespace tuner
