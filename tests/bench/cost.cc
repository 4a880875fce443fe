// Measures CPU time and memory of commands over many runs. Several commands, separated by "--", run
// in turn, so that a busy moment of the machine meets all of them.
//   cost RUNS COMMAND ARGUMENT... [-- COMMAND ARGUMENT...]
// prints a line per command: "median-cpu-ms least-cpu-ms max-rss-KiB exit-code"
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
#include <cstring>
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

struct Measured {
  char** command = nullptr;
  std::vector<double> cpu;
  Cost last;
  long rss = 0;
};

std::vector<Measured> commands_in(char** arguments) {
  std::vector<Measured> all(1, Measured{.command = arguments});
  for (char** word = arguments; *word != nullptr; ++word) {
    if (std::strcmp(*word, "--") != 0) continue;
    *word = nullptr;
    all.push_back({.command = word + 1});
  }
  return all;
}

}  // namespace

int main(int count, char** arguments) {
  const int runs = count > 2 ? std::atoi(arguments[1]) : 0;
  if (runs <= 0) {
    std::fputs("usage: cost RUNS COMMAND ARGUMENT...\n", stderr);
    return 64;
  }
  std::vector<Measured> all = commands_in(arguments + 2);
  for (const Measured& each : all) run(each.command);  // not measured: fills the page cache
  for (int i = 0; i < runs; ++i) {
    for (Measured& each : all) {
      each.last = run(each.command);
      each.cpu.push_back(each.last.cpu_ms);
      each.rss = std::max(each.rss, each.last.rss_kib);
    }
  }
  for (Measured& each : all) {
    std::sort(each.cpu.begin(), each.cpu.end());
    std::printf("%.3f %.3f %ld %d\n", each.cpu[each.cpu.size() / 2], each.cpu.front(), each.rss,
                each.last.exit_code);
  }
  return 0;
}
