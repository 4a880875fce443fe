// A machine in memory that behaves like procfs, sysfs, ethtool and the module loader.
//
// FakeMachine is the machine; host() is one process's view of it. Several hosts of one machine are
// several processes: a test of "the process was killed and another one cleans up" calls host()
// twice. Every write passes the fuse (support/write_fuse.h) and is recorded in `writes`; every file
// read is recorded in `reads`.
#pragma once

#include "base/result.h"
#include "host/host.h"
#include "support/write_fuse.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::testing {

// How the kernel handles a write: the new text of the file, or an error.
using WriteRule =
    std::function<Result<std::string>(const std::string& before, std::string_view written)>;

struct FakeNic {
  NicFeatures features;
  std::optional<std::string> permanent_address;
  std::string address;                  // IP address
  std::optional<Error> features_error;  // error of every features()
  std::optional<Error> set_error;       // error of every set_features() and set_shape()
  std::set<std::string> dropped;        // features that the driver never activates
  std::map<NicShape, NicParameters> shapes;
  // nullopt: the kernel has no list of queues (before Linux 6.8).
  std::optional<KernelQueues> kernel_queues;
  std::string default_affinity;  // of new interrupts: "2-3"
};

struct FakeModule {
  bool busy = false;  // unload fails with EBUSY
  std::optional<Error> load_error;
};

// The state that all views share. Tests may read it, and change it as other programs would.
struct FakeState {
  std::map<std::string, std::string, std::less<>> files;
  std::map<std::string, std::string, std::less<>> links;  // path → target, relative or absolute
  std::set<std::string, std::less<>> folders;             // empty folders; others are implied
  std::map<std::string, WriteRule, std::less<>> rules;    // by path; a final '*' means a prefix
  std::set<std::string, std::less<>> read_only;           // write fails with EACCES
  std::set<std::string, std::less<>> unreadable;          // read fails with EACCES
  std::set<std::string, std::less<>> gives_rights;        // set-uid, or with file capabilities
  std::map<std::string, std::string> identities;          // of FileTree; default: the path
  std::map<std::string, int, std::less<>> read_errors;    // read fails with this errno
  // Called before each read of a file, folder, link or NIC. If it returns an errno, the read fails
  // with that. May be empty.
  std::function<std::optional<int>(std::string_view what)> on_read;
  std::map<std::string, FakeNic, std::less<>> nics;
  std::string net_namespace = "net:[4026531840] cookie 1";  // empty: cannot be read
  std::map<std::string, FakeModule, std::less<>> modules;   // modules that can be loaded
  // What a restart of a unit does. Restarting another unit fails: unit not found.
  std::map<std::string, std::function<Outcome(FakeState&)>, std::less<>> units;
  std::map<std::string, UnitState, std::less<>> unit_states;  // others: Unsupported
  std::map<std::string, std::string, std::less<>> saved_epp;
  std::chrono::system_clock::time_point now{std::chrono::seconds(1'767'225'600)};  // 2026-01-01
  std::chrono::milliseconds since_boot{
      5'000'000};                  // sleep() advances both; a test can also set `now`
  std::function<void()> on_sleep;  // called by sleep(); may be empty

  std::vector<std::string> writes;         // successful writes: "/proc/…/rmem_max = 4096"
  mutable std::vector<std::string> reads;  // files read and folders listed
};

class FakeMachine {
 public:
  FakeMachine();

  // A new process on this machine.
  Host host() const;

  // Changes by other programs and reads by the test: without fuse, rules and recording. A final
  // newline is added if it is missing.
  void set(std::string_view path, std::string_view text);
  void link(std::string_view path, std::string_view target);
  void remove(std::string_view path);             // a file, or a folder with its content
  std::string text(std::string_view path) const;  // trimmed; "(missing)" if there is no such file

  // An interrupt occurs: the effective affinity becomes the first CPU of the requested affinity.
  void interrupt(int irq);

  // All files, features and shapes, to compare two states of a machine.
  std::map<std::string, std::string> snapshot() const;

  // How often a file was read or a folder listed at or below this path.
  int reads_below(std::string_view path) const;
  void forget();  // clears reads and writes

  FakeState* operator->() const { return state_.get(); }

  std::shared_ptr<WriteFuse> fuse;

 private:
  std::shared_ptr<FakeState> state_;
};

// An error as from the kernel, for rules and FakeNic: answer(EINVAL, "write x").
Error answer(int errno_value, std::string_view doing);

// Four CPUs (no SMT) on two nodes; intel_pstate, governor and EPP set to save power; kernel 6.1;
// module tls loadable.
// eth0: node 1, PCI 0000:81:00.0, four rxtx vectors and an event vector (IRQs 24-28), four queues
// without XPS and RPS, TLS offload supported and off, carries the default route.
// eth1: node 0, PCI 0000:01:00.0, e1000e, interrupts rx-0, tx-0 and link (IRQs 30-32), TLS features
// fixed off.
// nginx.service: OpenSSL 3.0.19, TLS 1.2 alone, neither running nor enabled.
FakeMachine two_node_machine();

inline constexpr std::string_view kFakeKernel = "6.1.0-32-amd64";
inline constexpr std::string_view kFakeBootId = "11111111-2222-3333-4444-555555555555";

}  // namespace tuner::testing
