#include "host/process/detached.h"

#include "base/handle.h"
#include "base/text.h"
#include "host/process/child.h"
#include "host/process/run_program.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
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

// systemd runs (sd_booted(3)), and a unit would have the network and mount namespace of this
// process. In other namespaces it would change the settings of another network or other files.
bool can_use_systemd() {
  std::error_code error;
  return fs::exists("/run/systemd/system", error) && shared_with_init("net") &&
         shared_with_init("mnt");
}

// systemd-run(1) waits until the unit is started. A manager that hangs must not hang an apply.
constexpr std::chrono::seconds kUnitStartLimit{20};

bool start_unit(std::vector<std::string> words) {
  const auto ran = run_program(std::move(words), kUnitStartLimit);
  return ran && ran->status == 0;
}

// With KillUserProcesses=yes (logind.conf) systemd kills all processes in the control group of a
// login session when that ends, whatever their session or process group, so leave the group.
// A line of /proc/self/cgroup: 0::/user.slice/user-1000.slice/session-3.scope
void leave_login_session() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.find("/user.slice/") == std::string::npos) continue;
    const bool unified = line.starts_with("0::");
    if (!unified && line.find(":name=systemd:") == std::string::npos) continue;
    std::ofstream group(unified ? "/sys/fs/cgroup/cgroup.procs"
                                : "/sys/fs/cgroup/systemd/cgroup.procs");
    // 0 stands for the process that writes (cgroups(7)).
    group << "0\n";
  }
}

// Executes the program in a forked child. After a double fork, init reaps the process, and it
// cannot get a controlling terminal because it is not a session leader.
[[noreturn]] void exec_detached(const std::string& program, const std::vector<char*>& arguments) {
  const int null = ::open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, fd);
  // Close inherited pipes: a reader of the caller's output would wait for this process to end.
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
    if (grandchild == 0) exec_detached(program, arguments);
    ::_exit(grandchild < 0 ? kNotStarted : 0);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    error = errno;
    if (error != EINTR) return fail(errno_error(error, "wait for a process"));
  }
  // The child reports only whether the second fork worked. Whether the program started is known to
  // the grandchild alone, so a caller that relies on it waits for a sign of it (engine/confirm.cc,
  // start_and_wait()).
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fail(Fault::Io, "start a process in its own session: it ended at once");
}

}  // namespace

std::vector<std::string> transient_unit(const std::string& unit, const std::string& program,
                                        const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"systemd-run", "--quiet", "--collect", "--unit=" + unit,
                                 "--description=Reverts unconfirmed changes of ktls-tuner",
                                 // Do not delay a shutdown: it undoes everything anyway.
                                 "--property=TimeoutStopSec=2s", "--property=OOMScoreAdjust=-1000",
                                 // Restart after every signal: it ends by itself when done.
                                 "--property=Restart=on-abnormal", "--property=RestartSec=1s",
                                 "--property=StartLimitIntervalSec=0"};
  // The rights that a rollback needs, as in ktls-tuner-apply.service. Its state is in /run and
  // /var/lib.
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
  if (error) return fail(errno_error(error.value(), "read /proc/self/exe"));
  // systemd-run may fail (an old systemd refuses an unknown property, D-Bus is down). The process
  // in its own session is then still better than none.
  if (can_use_systemd() && start_unit(transient_unit(unit, program.string(), arguments))) return {};
  return start_in_own_session(program.string(), arguments);
}

Companion::Companion(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}

Companion::~Companion() {
  end();
}

void Companion::keep() {
  int status = 0;
  // WUNTRACED: replace a stopped child as well, because it does not do its work.
  if (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG | WUNTRACED) != 0) end();
  if (pid_ > 0) return;
  std::error_code error;
  std::vector<std::string> words = arguments_;
  words.insert(words.begin(), fs::read_symlink("/proc/self/exe", error).string());
  if (error) return;
  const std::string program = words.front();
  const auto list = argument_list(words);
  // One fork: this process must be able to notice that the child ended.
  pid_ = ::fork();
  if (pid_ == 0) {
    // A signal to the process group of the terminal must not reach it.
    ::setsid();
    exec_detached(program, list);
  }
}

void Companion::end() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);  // the PID cannot be reused before waitpid(2)
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  pid_ = 0;
}

void ignore_signals() {
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1, SIGUSR2})
    std::signal(signal, SIG_IGN);
  // -1000 exempts it from being killed for memory (proc_pid_oom_score_adj(5)); without the right it
  // goes on as it is.
  std::ofstream("/proc/self/oom_score_adj") << "-1000\n";
}

void write_system_log(std::string_view line) {
  ::openlog("ktls-tuner", LOG_PID, LOG_DAEMON);
  ::syslog(LOG_WARNING, "%.*s", static_cast<int>(line.size()), line.data());
  ::closelog();
}

}  // namespace tuner
