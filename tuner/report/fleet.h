// Combines the documents of many hosts: host × setting, causes of drift, inventory, and TLS paths.
// Built for thousands of hosts: documents are added one at a time and not kept.
#pragma once

#include "report/document.h"
#include "report/fleet_history.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The name of a setting across hosts. All queues of all NICs of one family are one setting, and so
// is a feature of NICs with different names. Each sysctl is a setting of its own.
std::string fleet_setting(std::string_view knob, std::string_view subject);  // "rxtx-*"

struct FleetSetting {
  std::string knob;
  std::string name;
  int out = 0;     // hosts where it needs attention (is_problem())
  int cannot = 0;  // hosts where it is unsupported, without subject or blocked; also if preferred
};

// One setting of one host that is not in sync: its worst subject, and the number of such subjects.
struct FleetCell {
  std::uint32_t setting = 0;
  std::uint32_t count = 0;
  SavedStep worst;
  bool trouble = false;
};

struct FleetPath {  // the best path of any cipher of this version
  std::string version, tx, rx;
  bool operator==(const FleetPath&) const = default;
};

struct FleetHost {
  std::string hostname;
  std::string kernel;   // of the newest document
  std::string library;  // empty: not known
  std::string profile, digest;
  std::string tls_state, tls_because;  // from facts; empty: there are no facts
  // The newest document about settings; all three are empty without one.
  std::string state;
  std::string settings_kind;
  std::string settings_file;
  UtcTime settings_at;
  bool stale = false;
  int in_sync = 0;
  std::vector<FleetCell> cells;         // sorted by setting
  std::vector<std::uint32_t> settings;  // numbers of all settings of the host, sorted
  std::vector<SavedError> errors;
  std::vector<FamilySample> samples;  // of all documents about settings
  // The last probe.
  std::vector<FleetPath> paths;           // empty: not probed
  std::vector<std::string> path_because;  // reasons of its cells
  std::string probe_verdict;
  std::vector<SavedNic> nics;  // physical NICs
  // Of the newest check; nullopt: it knows of no look at programs.
  std::optional<SavedPrograms> programs;
  std::optional<SavedSessions> sessions;  // the newest ones that a drift job saw
};

struct FleetFile {
  std::string file;
  std::string reason;
};

struct Fleet {
  UtcTime made_at;
  std::chrono::seconds max_age{0};
  std::vector<FleetHost> hosts;  // sorted by name
  std::vector<FleetSetting> settings;
  std::vector<FleetFile> unusable;
  std::vector<FleetFile> stale;  // newest settings document of a host, too old or in the future
  std::vector<FleetFile> superseded;  // the host has a newer document of the same sort
};

class FleetBuilder {
 public:
  void add(SavedDocument document);
  void add_unusable(std::string file, std::string reason);
  // A host is also stale if its document is dated more than one hour in the future: a clock is
  // wrong.
  Fleet finish(UtcTime now, std::chrono::seconds max_age);

 private:
  struct Newest {  // the newest document of one sort so far
    std::string file;
    UtcTime at;
  };
  struct Entry {
    FleetHost host;
    // "settings", "probe", "facts"; and parts of documents: "any", "programs", "sessions"
    std::map<std::string, Newest, std::less<>> newest;
  };
  bool supersedes(Entry& entry, const std::string& sort, const SavedDocument& document);
  void add_scan(Entry& entry, SavedDocument& document);
  std::uint32_t number_of(const SavedStep& step);
  void add_fleet_settings(FleetHost& host, const SavedPlan& plan);

  Fleet fleet_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<std::pair<std::string, std::string>, std::uint32_t> numbers_;
};

// Hosts with equal results in one view. Larger groups come first.
struct FleetGroup {
  std::vector<const FleetHost*> hosts;
};
std::vector<FleetGroup> profile_groups(const Fleet& fleet);  // hosts of one profile and digest
// Hosts with equal state and equal status of the given settings.
std::vector<FleetGroup> group_rows(const std::vector<const FleetHost*>& hosts,
                                   const std::vector<std::uint32_t>& settings);
const FleetCell* find_cell(const FleetHost& host, std::uint32_t setting);
bool has_setting(const FleetHost& host, std::uint32_t setting);

// Settings that need attention on any of these hosts; those with most hosts first.
std::vector<std::uint32_t> settings_in_trouble(const Fleet& fleet,
                                               const std::vector<const FleetHost*>& hosts);

struct FleetTally {
  std::string what;        // a cause, a kernel, a driver
  std::string detail;      // settings, state or need, by view; may be empty
  std::string first_seen;  // the earliest time; empty: not recorded
  std::vector<const FleetHost*> hosts;
};
std::string cause_words(const SavedStep& step);         // without process numbers
std::vector<FleetTally> causes_of(const Fleet& fleet);  // causes of drift, most hosts first
std::vector<FleetTally> kernels_of(const Fleet& fleet);
std::vector<FleetTally> libraries_of(const Fleet& fleet);
std::vector<FleetTally> nics_of(const Fleet& fleet);        // by driver and card
std::vector<FleetTally> impossible_of(const Fleet& fleet);  // setting and reason

// Hosts whose probes had the same paths: device first, hosts without a probe last.
std::vector<FleetGroup> path_groups(const Fleet& fleet);
std::vector<FleetTally> path_reasons(const FleetGroup& group);  // reasons of the cells
int path_rank(std::string_view path);  // device 0, kernel 1, userspace 2, anything else 3

struct FleetCounts {
  int hosts = 0, in_sync = 0, drift = 0, cannot = 0, failed = 0, unknown = 0;
  int probed = 0, tx_device = 0, tx_kernel = 0, rx_device = 0, rx_kernel = 0;
  int device = 0;                  // device path in at least one direction
  int looked_at = 0, at_risk = 0;  // programs: of the last look, with a risk that needs an action
};
FleetCounts count(const Fleet& fleet);

}  // namespace tuner
