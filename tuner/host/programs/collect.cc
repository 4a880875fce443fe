#include "host/programs/collect.h"

#include "base/ini_file.h"
#include "base/text.h"
#include "host/files/small_files.h"
#include "host/programs/process.h"
#include "host/programs/services.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace tuner {
namespace {

constexpr std::size_t kMostProcesses = 50'000;
// After so many refusals the right is missing, and each further try would be a failed read more.
constexpr int kMostRefusals = 8;
constexpr std::size_t kMostDoubts = 20;  // of one program
// The initial PID namespace (PROC_PID_INIT_INO in include/linux/proc_ns.h).
constexpr std::string_view kInitialPidNamespace = "pid:[4026531836]";

class Scan {
 public:
  explicit Scan(const FileTree& files) : files_(files), program_files_(files) {}

  Programs all() {
    look_at_namespace();
    look_at_processes();
    look_at_services();
    found_.gnutls_asks = gnutls_asks(files_);
    std::ranges::sort(found_.all, {}, [](const Program& it) {
      return std::tie(it.service, it.name, it.executable);
    });
    return std::move(found_);
  }

 private:
  void look_at_namespace() {
    const auto own = files_.resolve("/proc/self/ns/pid");
    if (own && own->ends_with(']') && !own->ends_with(kInitialPidNamespace))
      found_.not_looked_at.emplace_back(
          "processes outside of this PID namespace were not looked at: run this on the host");
  }

  void look_at_processes() {
    const auto names = files_.list("/proc");
    if (!names) {
      found_.not_looked_at.push_back(
          fmt::format("no process was looked at: {}", names.error().text));
      return;
    }
    const auto pids = list_numbered(files_, "/proc", "");
    // A recording has no processes, and none of them was then looked at.
    const auto is_recorded = [&](int pid) {
      const auto there = files_.is_there(fmt::format("/proc/{}/maps", pid));
      if (!there) return there.error().fault != Fault::NotRecorded;  // others are counted below
      return *there;
    };
    if (std::ranges::none_of(pids, is_recorded))
      return note("no process was looked at: a recording of a machine does not have them");
    // This program speaks no TLS, and is larger than most.
    const auto self = files_.resolve("/proc/self");
    const auto own = self ? numbered(base_name(*self), "") : std::nullopt;
    int refused = 0;
    for (std::size_t i = 0; i < pids.size(); ++i) {
      if (pids[i] == own) continue;
      if (i == kMostProcesses || refused == kMostRefusals)
        // Those that were refused before were not looked at either.
        return skip(
            pids.size() - i + static_cast<std::size_t>(refused),
            refused > 0 ? "this needs CAP_SYS_PTRACE, run it as root" : "there are too many");
      auto program = tls_process(files_, program_files_, pids[i]);
      if (!program) {
        if (program.error().fault == Fault::NotPermitted)
          ++refused;
        else
          note(program.error().text);
      } else if (*program) {
        add(std::move(**program));
      }
    }
    if (refused > 0)
      skip(static_cast<std::size_t>(refused), "this needs CAP_SYS_PTRACE, run it as root");
  }

  void note(std::string text) {
    if (std::ranges::count(found_.not_looked_at, text) == 0)
      found_.not_looked_at.push_back(std::move(text));
  }

  void skip(std::size_t count, std::string_view why) {
    found_.not_looked_at.push_back(fmt::format("{} {} not looked at: {}", count,
                                               count == 1 ? "process was" : "processes were", why));
  }

  // The workers of a server are one program. Two scripts of one interpreter are not, if they were
  // started with other configurations: each has its own risk.
  void add(Program program) {
    const auto same = std::ranges::find_if(found_.all, [&](const Program& it) {
      const auto told = [](const Program& one) {
        return std::tie(one.service, one.name, one.executable, one.transport, one.libraries,
                        one.config, one.openssl, one.ignores_environment);
      };
      return told(it) == told(program);
    });
    if (same == found_.all.end()) return found_.all.push_back(std::move(program));
    same->pids.push_back(program.pids.front());
    same->cpus = same->cpus | program.cpus;
    same->seccomp = same->seccomp || program.seccomp;
    for (std::string& doubt : program.doubts) {
      if (same->doubts.size() < kMostDoubts && std::ranges::count(same->doubts, doubt) == 0)
        same->doubts.push_back(std::move(doubt));
    }
  }

  void look_at_services() {
    const auto units = units_at_boot(files_, found_.not_looked_at);
    for (Program& program : found_.all)
      // units_at_boot() returns a sorted list.
      program.at_boot = std::ranges::binary_search(units, program.service);
    for (Program& program : tls_services(files_, program_files_, units)) {
      const bool runs = std::ranges::any_of(found_.all, [&](const Program& it) {
        return it.service == program.service && it.name == program.name;
      });
      if (!runs) found_.all.push_back(std::move(program));
    }
  }

  const FileTree& files_;
  ProgramFiles program_files_;
  Programs found_;
};

}  // namespace

Programs collect_programs(const FileTree& files) {
  return Scan(files).all();
}

// [global] ktls = true (GnuTLS's manual, "Enabling/Disabling Kernel TLS").
std::optional<bool> gnutls_asks(const FileTree& files) {
  const auto text = files.read("/etc/gnutls/config");
  if (!text) return is_absent(text.error()) ? std::optional(false) : std::nullopt;
  return ini_value(read_ini(*text), "global", "ktls") == "true";
}

RekeyFacts rekey_facts(const FileTree& files) {
  RekeyFacts kernel{.upstream = upstream_kernel(read_word(files, "/proc/sys/kernel/osrelease"),
                                                read_word(files, "/proc/sys/kernel/version")),
                    .rekeys = std::nullopt};
  if (const auto counters = files.read("/proc/net/tls_stat"))
    kernel.rekeys = counters->find("TlsTxRekeyOk") != std::string::npos;
  return kernel;
}

}  // namespace tuner
