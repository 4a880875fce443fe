#include "host/process/become.h"

#include "base/handle.h"
#include "base/text.h"

#include <climits>
#include <fmt/format.h>

#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>

namespace tuner {
namespace {

// A mask as large as the kernel's own: a smaller one is EINVAL for sched_getaffinity(2).
struct CpuMask {
  cpu_set_t* set = CPU_ALLOC(CpuSet::kLimit);
  std::size_t size = CPU_ALLOC_SIZE(CpuSet::kLimit);
  CpuMask() { CPU_ZERO_S(size, set); }
  ~CpuMask() { CPU_FREE(set); }
  CpuMask(const CpuMask&) = delete;
  CpuMask& operator=(const CpuMask&) = delete;
};

bool is_program(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

}  // namespace

Result<CpuSet> current_cpus() {
  const CpuMask mask;
  if (::sched_getaffinity(0, mask.size, mask.set) != 0)
    return fail(errno_error(errno, "read the CPUs of this process"));
  CpuSet cpus;
  for (int cpu = 0; cpu < CpuSet::kLimit; ++cpu) {
    if (CPU_ISSET_S(static_cast<std::size_t>(cpu), mask.size, mask.set)) cpus.add(cpu);
  }
  return cpus;
}

Result<CpuSet> run_on(const CpuSet& cpus) {
  const CpuMask mask;
  for (const int cpu : cpus.members())
    CPU_SET_S(static_cast<std::size_t>(cpu), mask.size, mask.set);
  if (::sched_setaffinity(0, mask.size, mask.set) == 0) return current_cpus();
  const int error = errno;
  if (error == EINVAL)
    return fail(Fault::Unsupported,
                fmt::format("this process may use none of the CPUs {} (EINVAL)", cpus.to_list()),
                "the cpuset of its control group has others: start it in another one");
  return fail(errno_error(error, fmt::format("move this process to CPUs {}", cpus.to_list())));
}

// By system call: libnuma would be one more library to load for one call, whose arguments are a
// number and a mask (include/uapi/linux/mempolicy.h).
Outcome prefer_memory_of(int node) {
  constexpr int kMostNodes = 1024;  // MAX_NUMNODES is at most 2^10 (CONFIG_NODES_SHIFT)
  constexpr int kBits = sizeof(unsigned long) * CHAR_BIT;
  std::array<unsigned long, kMostNodes / kBits> mask{};
  if (node < 0 || node >= kMostNodes)
    return fail(Fault::Unsupported, fmt::format("no node {} can have memory", node));
  mask.at(static_cast<std::size_t>(node / kBits)) = 1UL << static_cast<unsigned>(node % kBits);
  // The kernel reads one bit less than it is told (get_nodes() in mm/mempolicy.c).
  if (::syscall(SYS_set_mempolicy, MPOL_PREFERRED, mask.data(), kMostNodes + 1) == 0) return {};
  const int error = errno;
  if (error == EINVAL || error == ENOSYS)
    return fail(Fault::Unsupported,
                fmt::format("node {} has no memory that this process may use ({})", node,
                            error == EINVAL ? "EINVAL" : "ENOSYS"));
  return fail(errno_error(error, fmt::format("prefer the memory of node {}", node)));
}

Result<std::string> find_command(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    if (::access(name.c_str(), X_OK) == 0) return name;
    return fail(errno_error(errno, fmt::format("start {}", name)));
  }
  const char* const path = std::getenv("PATH");
  const std::string folders = path == nullptr ? "/bin:/usr/bin" : path;  // as execvp(3)
  for (const std::string_view folder : split(folders, ':')) {
    std::string file = fmt::format("{}/{}", folder.empty() ? "." : folder, name);
    if (is_program(file)) return file;
  }
  return fail(Fault::NotFound, fmt::format("no folder of PATH has a program named {}", name),
              "write its path: ktls-tuner run … -- /path/to/it");
}

Error become(const std::string& path, const std::vector<std::string>& arguments,
             const std::vector<std::string>& variables) {
  // execve(2) changes none of them; its type is older than const.
  const auto text = [](const std::string& word) { return const_cast<char*>(word.c_str()); };
  std::vector<char*> words;
  for (const std::string& word : arguments) words.push_back(text(word));
  words.push_back(nullptr);
  std::vector<char*> environment;
  for (char** variable = ::environ; *variable != nullptr; ++variable) {
    const bool replaced = std::ranges::any_of(
        variables, [&](const std::string& ours) { return name_of(ours) == name_of(*variable); });
    if (!replaced) environment.push_back(*variable);
  }
  for (const std::string& variable : variables) environment.push_back(text(variable));
  environment.push_back(nullptr);
  ::execve(path.c_str(), words.data(), environment.data());
  return errno_error(errno, fmt::format("start {}", path));
}

}  // namespace tuner
