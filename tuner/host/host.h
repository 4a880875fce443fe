// The machine as the code above this folder sees it: a rooted file tree and narrow ports.
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
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// An open file that is read in parts, such as a library: it stays the same file if its path is
// replaced meanwhile.
struct FileBytes {
  std::uint64_t size = 0;
  std::string identity;  // as FileTree::identity()
  // Reads into all of `into`; false: the file ends before, or the read failed.
  std::function<bool(std::uint64_t at, std::span<std::byte> into)> read_at;
};

// Files of the machine, by absolute path ("/proc/sys/net/core/rmem_max"). If the root is not "/",
// neither a path nor a symbolic link can leave it.
class FileTree {
 public:
  virtual ~FileTree() = default;
  // The whole file. Faults: NotFound, NotPermitted, Io, Invalid (not a regular file, or not an
  // absolute path), TooLarge; of a recording also NotRecorded.
  virtual Result<std::string> read(std::string_view path) const = 0;
  // Opens a file to read it in parts; it may be of any size. Faults as of read().
  virtual Result<FileBytes> bytes(std::string_view path) const = 0;
  // Names in a folder, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> list(std::string_view path) const = 0;
  // The path with every symbolic link resolved. The result is below the root.
  virtual Result<std::string> resolve(std::string_view path) const = 0;
  // The file or folder at a path, as "device:inode". In another root or mount namespace the same
  // path may name another file. Comparable within one boot only.
  virtual Result<std::string> identity(std::string_view path) const = 0;
  // Whether starting the file can give more rights than its caller has: set-uid, set-gid, or file
  // capabilities. NotRecorded: this tree does not know.
  virtual Result<bool> gives_rights(std::string_view path) const {
    static_cast<void>(path);
    return fail(Fault::NotRecorded, "the rights of files are not recorded");
  }
  // Whether the path exists. If this cannot be determined: an error, with the faults of read().
  virtual Result<bool> is_there(std::string_view path) const = 0;
  // As is_there(), with an error as false. For hints, and to choose between two known paths.
  bool exists(std::string_view path) const { return is_there(path).value_or(false); }
  // Writes the whole text to an existing file with one write(2). Does not create a file.
  virtual Outcome write(std::string_view path, std::string_view text) = 0;
  // Creates or replaces one of this tool's files, atomically and durably; creates its folders. For
  // files that other programs read (drop-ins). The tool's state is in a StateStore.
  virtual Outcome create(std::string_view path, std::string_view text) = 0;
  // Removes one of this tool's files. Below /run it also removes the folder if that is now empty;
  // elsewhere folders belong to the administrator. Removing a missing file succeeds.
  virtual Outcome remove(std::string_view path) = 0;
};

struct FeatureChange {
  std::string name;
  bool on = false;
};

struct ParameterChange {
  std::string name;  // ethtool's name, as in NicParameters
  std::int64_t value = 0;
};

// Ethtool netlink for one interface, given by name
// (Documentation/networking/ethtool-netlink.rst), and routes, addresses and the network namespace.
class NicPort {
 public:
  virtual ~NicPort() = default;
  // Every feature that the kernel lists for the interface. NotFound: no such interface.
  virtual Result<NicFeatures> features(std::string_view nic) const = 0;
  // "52:54:00:12:34:56"; NotFound when the device has none.
  virtual Result<std::string> permanent_address(std::string_view nic) const = 0;
  // The parameters that the driver reports. Unsupported: it has none (EOPNOTSUPP). NotFound: no
  // such interface.
  virtual Result<NicParameters> shape(NicShape which, std::string_view nic) const = 0;
  // The kernel's own list of queues and NAPI instances. Unsupported: this kernel has none (before
  // Linux 6.8). NotFound: no such interface.
  virtual Result<KernelQueues> kernel_queues(std::string_view nic) const = 0;
  // Sends all changes in one message. Drivers round values: read shape() again. The text of an
  // error has errno and, if the kernel sent one, its extended ACK message.
  virtual Outcome set_shape(NicShape which, std::string_view nic,
                            std::span<const ParameterChange> changes) = 0;
  // The interfaces that a connection from address `local` of this machine to `peer` uses: the one
  // with the address `local` and the output interface of the route to `peer`, without "lo".
  virtual Result<std::set<std::string>> interfaces_to_peer(std::string_view local,
                                                           std::string_view peer) const = 0;
  // The network namespace of this process, as in HostIdentity::net_namespace.
  virtual Result<std::string> network_namespace() const = 0;
  // Sends all changes in one message. Success means that the kernel accepted the request, not that
  // the features are active: read features() again.
  virtual Outcome set_features(std::string_view nic, std::span<const FeatureChange> changes) = 0;
  // Sets the timeout of each further netlink reply; nullopt: the default. Ports that do not wait
  // ignore it.
  virtual void set_reply_timeout(std::optional<std::chrono::steady_clock::duration> limit) {
    static_cast<void>(limit);
  }
};

// Loads and unloads modules. Their state is read from files (host/facts/module_state.h).
class ModulePort {
 public:
  virtual ~ModulePort() = default;
  // Loads the module and its dependencies, as modprobe does. Succeeds if it is live or built in.
  virtual Outcome load(std::string_view module) = 0;
  // Unloads this module only. Busy: it is in use.
  virtual Outcome unload(std::string_view module) = 0;
};

// State of a unit, in the words of systemctl show.
struct UnitState {
  std::string active;   // "active", "inactive", "activating", "failed"
  std::string result;   // of its last run: "success", "exit-code", "timeout"
  int exit_status = 0;  // of its last run
  int main_pid = 0;     // 0: none runs
};

// The service manager.
class ServicePort {
 public:
  virtual ~ServicePort() = default;
  // A missing unit is "inactive". Unsupported: no service manager runs.
  virtual Result<UnitState> state(std::string_view unit) const = 0;
  // Reloads the unit files (daemon-reload); running services are not affected. TimedOut after a
  // time limit.
  virtual Outcome reload() = 0;
  // Restarts the unit, or starts it if it is inactive. TimedOut after a time limit.
  virtual Outcome restart(std::string_view unit) = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point now() const = 0;
  // CLOCK_BOOTTIME, for deadlines: it includes suspend and cannot be set.
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
  // All reads of this Host that have failed so far.
  const ReadLog& reads() const { return *log_; }
  // Limits the total time of all further reads; nullopt: no limit.
  void limit_reads(std::optional<std::chrono::seconds> limit) { log_->limit(limit); }

 private:
  std::unique_ptr<ReadLog> log_;  // first: the members below hold a reference to it
  std::unique_ptr<FileTree> files_;
  std::unique_ptr<NicPort> nics_;
  std::unique_ptr<ModulePort> modules_;
  std::unique_ptr<ServicePort> services_;
  std::unique_ptr<Clock> clock_;
};

}  // namespace tuner
