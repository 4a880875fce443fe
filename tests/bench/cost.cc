// Measures CPU time and memory of a command over many consecutive runs.
//   cost RUNS COMMAND ARGUMENT...      prints "median-cpu-ms least-cpu-ms max-rss-KiB exit-code"
//
// In C++, because until exec a child's ru_maxrss includes the memory of its parent: from a script
// it would show the size of the script's interpreter.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

struct Cost {
  double cpu_ms = 0;
  long rss_kib = 0;
  int exit_code = 0;
};

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

Cost run(char** command) {
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; ++fd) dup2(nowhere, fd);
    execvp(command[0], command);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  return {.cpu_ms = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
          .rss_kib = usage.ru_maxrss,
          .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128};
}

}  // namespace

int main(int count, char** arguments) {
  const int runs = count > 2 ? std::atoi(arguments[1]) : 0;
  if (runs <= 0) {
    std::fputs("usage: cost RUNS COMMAND ARGUMENT...\n", stderr);
    return 64;
  }
  run(arguments + 2);  // not measured: fills the page cache
  std::vector<double> cpu;
  Cost last;
  long rss = 0;
  for (int i = 0; i < runs; ++i) {
    last = run(arguments + 2);
    cpu.push_back(last.cpu_ms);
    rss = std::max(rss, last.rss_kib);
  }
  std::sort(cpu.begin(), cpu.end());
  std::printf("%.3f %.3f %ld %d\n", cpu[cpu.size() / 2], cpu.front(), rss, last.exit_code);
  return 0;
}
