#include "host/process/detached.h"

#include "base/handle.h"
#include "base/text.h"
#include "host/process/child.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <syslog.h>

namespace tuner {
namespace {

namespace fs = std::filesystem;

constexpr int kNotStarted = 127;

std::vector<char*> argument_list(std::vector<std::string>& words) {
  std::vector<char*> list;
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

bool shared_with_init(const char* space) {
  std::error_code error;
  const fs::path ours = fs::read_symlink(fmt::format("/proc/self/ns/{}", space), error);
  return !error && ours == fs::read_symlink(fmt::format("/proc/1/ns/{}", space), error) && !error;
}

// sd_booted(3), and a unit would set what this process sets, not what another namespace has.
bool systemd_can() {
  std::error_code error;
  return fs::exists("/run/systemd/system", error) && shared_with_init("net") &&
         shared_with_init("mnt");
}

// Waits for it; true when it ended with 0.
bool run_quietly(std::vector<std::string> words) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  pid_t pid = 0;
  ProgramEnvironment environment;
  const int error = ::posix_spawn(&pid, find_program(words.front()).c_str(), &actions, nullptr,
                                  argument_list(words).data(), environment.get());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return false;
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// A login session's group is emptied at its end (KillUserProcesses=yes in logind.conf), whatever
// session or process group a process has. 0::/user.slice/user-1000.slice/session-3.scope
void leave_login_session() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.find("/user.slice/") == std::string::npos) continue;
    const bool unified = line.starts_with("0::");
    if (!unified && line.find(":name=systemd:") == std::string::npos) continue;
    std::ofstream group(unified ? "/sys/fs/cgroup/cgroup.procs"
                                : "/sys/fs/cgroup/systemd/cgroup.procs");
    group << "0\n";
  }
}

// In the child of a child: nobody waits for it, no terminal can become its own.
[[noreturn]] void become(const std::string& program, const std::vector<char*>& arguments) {
  const int null = ::open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, fd);
  // Whoever reads a pipe of the caller's must not wait for this process.
  ::closefrom(STDERR_FILENO + 1);
  static_cast<void>(::chdir("/") == 0);
  ::umask(022);
  ProgramEnvironment environment;
  ::execve(program.c_str(), arguments.data(), environment.get());
  ::_exit(kNotStarted);
}

Outcome start_in_own_session(const std::string& program, std::vector<std::string> words) {
  words.insert(words.begin(), program);
  const auto arguments = argument_list(words);
  const pid_t child = ::fork();
  int error = errno;
  if (child < 0) return fail(errno_error(error, "start a process"));
  if (child == 0) {
    if (::setsid() < 0) ::_exit(kNotStarted);
    leave_login_session();
    const pid_t grandchild = ::fork();
    if (grandchild == 0) become(program, arguments);
    ::_exit(grandchild < 0 ? kNotStarted : 0);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    error = errno;
    if (error != EINTR) return fail(errno_error(error, "wait for a process"));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fail(Fault::Io, "start a process of its own session: it ended at once");
}

}  // namespace

std::vector<std::string> transient_unit(const std::string& unit, const std::string& program,
                                        const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"systemd-run", "--quiet", "--collect", "--unit=" + unit,
                                 "--description=Undoes what ktls-tuner did, unless it is confirmed",
                                 // At a shutdown it is not waited for: that undoes everything.
                                 "--property=TimeoutStopSec=2s", "--property=OOMScoreAdjust=-1000",
                                 // After a signal, however often: it leaves by itself.
                                 "--property=Restart=on-abnormal", "--property=RestartSec=1s",
                                 "--property=StartLimitIntervalSec=0"};
  // What setting back needs, as ktls-tuner-apply.service; /run and /var/lib hold its state.
  for (const std::string_view property :
       {"ProtectSystem=strict",
        "ReadWritePaths=-/run",
        "ReadWritePaths=-/var/lib",
        "ReadWritePaths=-/etc/modules-load.d",
        "ReadWritePaths=-/etc/sysctl.d",
        "UMask=0022",
        "CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_NET_ADMIN CAP_SYS_ADMIN CAP_SYS_MODULE",
        "ProtectHome=read-only",
        "ProtectKernelLogs=yes",
        "ProtectControlGroups=yes",
        "ProtectClock=yes",
        "PrivateDevices=yes",
        "PrivateMounts=yes",
        "NoNewPrivileges=yes",
        "MemoryDenyWriteExecute=yes",
        "LockPersonality=yes",
        "RestrictRealtime=yes",
        "RestrictSUIDSGID=yes",
        "RestrictNamespaces=yes",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_NETLINK",
        "IPAddressDeny=any",
        "SystemCallArchitectures=native",
        "SystemCallFilter=@system-service @module",
        "SystemCallFilter=~@reboot @swap @raw-io @clock",
        "SystemCallErrorNumber=EPERM"})
    words.push_back(fmt::format("--property={}", property));
  for (const std::string_view word : {"--no-block", "--"}) words.emplace_back(word);
  words.push_back(program);
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

Outcome start_detached(const std::string& unit, const std::vector<std::string>& arguments) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return fail(errno_error(error.value(), "find this program"));
  if (systemd_can() && run_quietly(transient_unit(unit, program.string(), arguments))) return {};
  return start_in_own_session(program.string(), arguments);
}

Companion::Companion(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}

Companion::~Companion() {
  end();
}

void Companion::keep() {
  int status = 0;
  // Stopped counts as gone: it does not do what it is there for.
  if (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG | WUNTRACED) != 0) end();
  if (pid_ > 0) return;
  std::error_code error;
  std::vector<std::string> words = arguments_;
  words.insert(words.begin(), fs::read_symlink("/proc/self/exe", error).string());
  if (error) return;
  const std::string program = words.front();
  const auto list = argument_list(words);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setsid();
    become(program, list);
  }
}

void Companion::end() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);  // its number is its own until it is waited for
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  pid_ = 0;
}

void stay_alive() {
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1, SIGUSR2})
    std::signal(signal, SIG_IGN);
  std::ofstream("/proc/self/oom_score_adj") << "-1000\n";
}

void write_system_log(std::string_view line) {
  ::openlog("ktls-tuner", LOG_PID, LOG_DAEMON);
  ::syslog(LOG_WARNING, "%.*s", static_cast<int>(line.size()), line.data());
  ::closelog();
}

}  // namespace tuner
