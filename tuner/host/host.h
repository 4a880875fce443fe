// The machine, as everything above this folder sees it: a rooted file tree plus narrow ports.
//
// Every writing call is non-const, so a function that takes `const Host&` cannot change the
// machine; a dry run is a type, not a flag. Three hosts exist: the real one
// (host/access/local_host.h), a recorded one that refuses all writes (host/access/recorded_host.h),
// and the tests' fake (tests/support/fake_host.h).
#pragma once

#include "base/result.h"
#include "host/read_log.h"
#include "model/facts.h"

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Files of the machine, by absolute path ("/proc/sys/net/core/rmem_max"). Below a root other than
// "/" no path and no symbolic link leads out of it.
class FileTree {
 public:
  virtual ~FileTree() = default;
  // The whole file. Faults: NotFound, NotPermitted, Io.
  virtual Result<std::string> read(std::string_view path) const = 0;
  // Names in a folder, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> list(std::string_view path) const = 0;
  // The path with every symbolic link followed, still below the root.
  virtual Result<std::string> resolve(std::string_view path) const = 0;
  // Which thing a path stands for here, as "device:inode": in another root or mount namespace the
  // same path may be another. To be compared within one boot.
  virtual Result<std::string> identity(std::string_view path) const = 0;
  // false: there is no such path. Every other answer is an error, as of read().
  virtual Result<bool> is_there(std::string_view path) const = 0;
  // For hints and the choice between two known places, where not knowing may count as no.
  bool exists(std::string_view path) const { return is_there(path).value_or(false); }
  // One write(2) of the whole text to an existing file; creates nothing.
  virtual Outcome write(std::string_view path, std::string_view text) = 0;
  // A file of our own, whole or not at all, and durable; its folders are made. For what other
  // programs read (drop-ins); the tool's own files are a StateStore.
  virtual Outcome create(std::string_view path, std::string_view text) = 0;
  // A file of our own, and below /run its folder when that leaves it empty (elsewhere folders are
  // the administrator's). Removing what is not there succeeds.
  virtual Outcome remove(std::string_view path) = 0;
};

struct FeatureChange {
  std::string name;
  bool on = false;
};

struct ParameterChange {
  std::string name;  // by ethtool's words, as in NicParameters
  std::int64_t value = 0;
};

// Ethtool over netlink, for one interface by name. Docs:
// Documentation/networking/ethtool-netlink.rst. And what routes and addresses tell.
class NicPort {
 public:
  virtual ~NicPort() = default;
  // Every feature the kernel names for it. NotFound: no such interface.
  virtual Result<NicFeatures> features(std::string_view nic) const = 0;
  // "52:54:00:12:34:56"; NotFound when the device has none.
  virtual Result<std::string> permanent_address(std::string_view nic) const = 0;
  // What the driver has of it. Unsupported: nothing at all (EOPNOTSUPP). NotFound: no such
  // interface.
  virtual Result<NicParameters> shape(NicShape which, std::string_view nic) const = 0;
  // All changes in one message. Drivers round: read shape() again. An error's text has the
  // kernel's own words beside the number, where it gave any.
  virtual Outcome set_shape(NicShape which, std::string_view nic,
                            std::span<const ParameterChange> changes) = 0;
  // The interfaces that a connection from here, `local`, to `peer` goes through: the one that has
  // the address `local`, and the one that the route to `peer` leaves by; "lo" is none.
  virtual Result<std::set<std::string>> on_the_way(std::string_view local,
                                                   std::string_view peer) const = 0;
  // HostIdentity::net_namespace of this process.
  virtual Result<std::string> network_namespace() const = 0;
  // All changes in one message. Success says that the kernel took the request, not that it is
  // active: read features() again.
  virtual Outcome set_features(std::string_view nic, std::span<const FeatureChange> changes) = 0;
  // The longest that one answer of the kernel may take from here on; nothing: what is usual. A port
  // that waits for none has no use for it.
  virtual void limit_answers(std::optional<std::chrono::steady_clock::duration> limit) {
    static_cast<void>(limit);
  }
};

// Loading and unloading; how a module stands is read from files (host/facts/module_state.h).
class ModulePort {
 public:
  virtual ~ModulePort() = default;
  // With dependencies, as modprobe does. Loading what is live or built in succeeds.
  virtual Outcome load(std::string_view module) = 0;
  // Only this module. Busy: somebody uses it.
  virtual Outcome unload(std::string_view module) = 0;
};

// By the service manager's own words.
struct UnitState {
  std::string active;   // "active", "inactive", "activating", "failed"
  std::string result;   // of its last run: "success", "exit-code", "timeout"
  int exit_status = 0;  // of its last run
};

// The service manager.
class ServicePort {
 public:
  virtual ~ServicePort() = default;
  // A unit that is not there is inactive. Unsupported: there is no service manager to ask.
  virtual Result<UnitState> state(std::string_view unit) const = 0;
  // Reads the unit files anew; no service notices.
  virtual Outcome reload() = 0;
  // Restarts this one unit, or starts it. Both end in bounded time: Fault::TimedOut.
  virtual Outcome restart(std::string_view unit) = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point now() const = 0;
  // Goes on while the machine sleeps, and nobody can set it: for deadlines (CLOCK_BOOTTIME).
  virtual std::chrono::milliseconds since_boot() const = 0;
  virtual void sleep(std::chrono::milliseconds duration) const = 0;
};

class Host {
 public:
  Host(std::unique_ptr<FileTree> files, std::unique_ptr<NicPort> nics,
       std::unique_ptr<ModulePort> modules, std::unique_ptr<ServicePort> services,
       std::unique_ptr<Clock> clock)
      : log_(std::make_unique<ReadLog>()),
        files_(logged(std::move(files), *log_)),
        nics_(logged(std::move(nics), *log_)),
        modules_(std::move(modules)),
        services_(logged(std::move(services), *log_)),
        clock_(std::move(clock)) {}

  const FileTree& files() const { return *files_; }
  FileTree& files() { return *files_; }
  const NicPort& nics() const { return *nics_; }
  NicPort& nics() { return *nics_; }
  ModulePort& modules() { return *modules_; }
  const ServicePort& services() const { return *services_; }
  ServicePort& services() { return *services_; }
  const Clock& clock() const { return *clock_; }
  // What could not be looked at so far, by whichever function asked.
  const ReadLog& reads() const { return *log_; }
  // How long all further reads may take together; nothing: without a limit.
  void limit_reads(std::optional<std::chrono::seconds> limit) { log_->limit(limit); }

 private:
  std::unique_ptr<ReadLog> log_;  // before those that note in it
  std::unique_ptr<FileTree> files_;
  std::unique_ptr<NicPort> nics_;
  std::unique_ptr<ModulePort> modules_;
  std::unique_ptr<ServicePort> services_;
  std::unique_ptr<Clock> clock_;
};

}  // namespace tuner
