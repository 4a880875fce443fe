// A machine in memory, with the manners of procfs, sysfs, ethtool and the module loader.
//
// FakeMachine is the machine; host() is one process's view of it. Several hosts over one machine
// are several processes, so "the process was killed and another one cleans up" is two calls of
// host(). Every write goes through the fuse (support/write_fuse.h) and is kept in `writes`; every
// file read is kept in `reads`.
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

// What the kernel makes of a write: the file's next text, or the errno it answers.
using WriteRule =
    std::function<Result<std::string>(const std::string& before, std::string_view written)>;

struct FakeNic {
  NicFeatures features;
  std::optional<std::string> permanent_address;
  std::string address;                  // of its own, in the network
  std::optional<Error> features_error;  // every features() fails so: a missing right
  std::optional<Error> set_error;       // every set_features() and set_shape() fails so
  std::set<std::string> dropped;        // features the driver leaves inactive, whatever is asked
  std::map<NicShape, NicParameters> shapes;
  std::string default_affinity;  // of new interrupts: "2-3"
};

struct FakeModule {
  bool busy = false;  // unload answers EBUSY
  std::optional<Error> load_error;
};

// All that the views share. Tests may look at it and change it as the world outside would.
struct FakeState {
  std::map<std::string, std::string, std::less<>> files;
  std::map<std::string, std::string, std::less<>> links;  // path → target, relative or absolute
  std::set<std::string, std::less<>> folders;             // empty ones; others are implied
  std::map<std::string, WriteRule, std::less<>> rules;    // by path; a final '*' means a prefix
  std::set<std::string, std::less<>> read_only;           // write answers EACCES
  std::set<std::string, std::less<>> unreadable;          // read answers EACCES
  std::map<std::string, std::string> identities;          // of FileTree; by default the path itself
  std::map<std::string, int, std::less<>> read_errors;    // read answers this errno
  // Asked before each read of a file, folder, link or NIC: an errno is what it answers. May be
  // empty.
  std::function<std::optional<int>(std::string_view what)> on_read;
  std::map<std::string, FakeNic, std::less<>> nics;
  std::string net_namespace = "net:[4026531840] cookie 1";  // empty: cannot be read
  std::map<std::string, FakeModule, std::less<>> modules;   // those that can be loaded
  // What a restart of a unit does; others answer that there is no such unit.
  std::map<std::string, std::function<Outcome(FakeState&)>, std::less<>> units;
  std::map<std::string, UnitState, std::less<>> unit_states;  // nobody can tell of others
  std::map<std::string, std::string, std::less<>> saved_epp;
  std::chrono::system_clock::time_point now{std::chrono::seconds(1'767'225'600)};  // 2026-01-01
  std::chrono::milliseconds since_boot{
      5'000'000};                  // both go on with sleep(); only `now` can be set
  std::function<void()> on_sleep;  // what the world does meanwhile; may be empty

  std::vector<std::string> writes;         // what landed: "/proc/…/rmem_max = 4096"
  mutable std::vector<std::string> reads;  // files read and folders listed
};

class FakeMachine {
 public:
  FakeMachine();

  // A new process on this machine.
  Host host() const;

  // The world outside changes or looks: no fuse, no rule, nothing recorded. A file's text gets its
  // final newline if it has none.
  void set(std::string_view path, std::string_view text);
  void link(std::string_view path, std::string_view target);
  void remove(std::string_view path);             // a file, or a folder with all below it
  std::string text(std::string_view path) const;  // trimmed; "(missing)" if there is no such file

  // The next interrupt: the effective affinity follows the requested one, to its first CPU.
  void interrupt(int irq);

  // Every file, feature and live module, to compare two moments of a machine.
  std::map<std::string, std::string> snapshot() const;

  // How often a file at or below this path was read, or its folder listed.
  int reads_below(std::string_view path) const;
  void forget();  // empties reads and writes

  FakeState* operator->() const { return state_.get(); }

  std::shared_ptr<WriteFuse> fuse;

 private:
  std::shared_ptr<FakeState> state_;
};

// Errors as the kernel gives them, for rules and FakeNic: answer(EINVAL, "write x").
Error answer(int errno_value, std::string_view doing);

// Four CPUs (no SMT) on two nodes, intel_pstate with governor and EPP, both "saving" settings;
// eth0 on node 1 (PCI 0000:81:00.0, four rxtx vectors and an event one, IRQs 24-28, can offload
// TLS once asked; carries the default route; four queues, no XPS and no RPS), eth1 on node 0
// (0000:01:00.0, e1000e with rx-0, tx-0 and a link interrupt, IRQs 30-32, TLS features fixed off);
// tls loadable, kernel 6.1.
FakeMachine two_node_machine();

inline constexpr std::string_view kFakeKernel = "6.1.0-32-amd64";
inline constexpr std::string_view kFakeBootId = "11111111-2222-3333-4444-555555555555";

}  // namespace tuner::testing
