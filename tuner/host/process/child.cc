#include "host/process/child.h"

#include "base/text.h"

#include <fmt/format.h>

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace tuner {
namespace {

struct SpawnSetup {
  explicit SpawnSetup(const Streams& streams) {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_adddup2(&actions, streams.input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, streams.output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, streams.error, STDERR_FILENO);
    // Blocked and ignored signals survive execve(2): a program that inherits an ignored SIGPIPE or
    // a blocked SIGTERM does not end when it should.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    // A group of its own, so that one kill(2) reaches what the program started as well.
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

}  // namespace

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}

// The PID and the process group ID cannot be reused before waitpid(2).
Child::~Child() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

std::optional<int> Child::ended() {
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = 0;
  return status;
}

std::string find_program(std::string_view name) {
  if (name.find('/') != std::string_view::npos) return std::string(name);
  std::string path;
  // If no folder has it, the path of the last one remains, and posix_spawn(3) reports ENOENT.
  for (const std::string_view folder : split(kProgramPath, ':')) {
    path = fmt::format("{}/{}", folder, name);
    if (::access(path.c_str(), X_OK) == 0) break;
  }
  return path;
}

ProgramEnvironment::ProgramEnvironment() : path_(fmt::format("PATH={}", kProgramPath)) {
  for (char** variable = ::environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("PATH=")) list_.push_back(*variable);
  }
  list_.push_back(path_.data());
  list_.push_back(nullptr);
}

Result<Child> start_child(std::vector<std::string> words, const Streams& streams) {
  const SpawnSetup setup(streams);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = 0;
  ProgramEnvironment environment;
  const int error = ::posix_spawn(&pid, find_program(words.front()).c_str(), &setup.actions,
                                  &setup.attributes, arguments.data(), environment.get());
  if (error != 0) return fail(errno_error(error, "start " + words.front()));
  return Child(pid);
}

}  // namespace tuner
