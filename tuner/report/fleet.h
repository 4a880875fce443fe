// Many hosts' documents as one picture: host × setting, causes, inventory, and who is offloaded.
// Made for thousands of hosts: documents are added one by one and not kept.
#pragma once

#include "report/document.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// What hosts have in common: all queues of all NICs of one family are one setting, the same
// feature of NICs with different names is, too. A sysctl is one by itself.
std::string fleet_setting(std::string_view knob, std::string_view subject);  // "rxtx-*"

struct FleetSetting {
  std::string knob;
  std::string name;
  int out = 0;     // hosts where it is in trouble
  int cannot = 0;  // hosts where it is unsupported or blocked, preferred or not
};

// One setting of one host that is not in sync: of several subjects the worst, and how many.
struct FleetCell {
  std::uint32_t setting = 0;
  std::uint32_t count = 0;
  SavedStep worst;
  bool trouble = false;
};

struct FleetPath {  // the best that any cipher of this version got
  std::string version, tx, rx;
  bool operator==(const FleetPath&) const = default;
};

struct FleetHost {
  std::string hostname;
  std::string kernel;   // of the newest document
  std::string library;  // empty: not told
  std::string profile, digest;
  std::string tls_state, tls_because;  // of facts; empty: none
  // How the settings stand; without a document of settings the three are empty.
  std::string state;
  std::string settings_kind;
  std::string settings_file;
  UtcTime settings_at;
  bool stale = false;
  int in_sync = 0;
  std::vector<FleetCell> cells;         // by setting
  std::vector<std::uint32_t> settings;  // all it has, in sync or not; by number
  std::vector<SavedError> errors;
  // What the last probe got.
  std::vector<FleetPath> paths;           // empty: not probed
  std::vector<std::string> path_because;  // why not further
  std::string probe_verdict;
  std::vector<SavedNic> nics;  // physical ones
};

struct FleetFile {
  std::string file;
  std::string reason;
};

struct Fleet {
  UtcTime made_at;
  std::chrono::seconds max_age{0};
  std::vector<FleetHost> hosts;  // by name
  std::vector<FleetSetting> settings;
  std::vector<FleetFile> unusable;
  std::vector<FleetFile> stale;       // the newest of their host, and older than max_age
  std::vector<FleetFile> superseded;  // the same host has a newer one of the same sort
};

class FleetBuilder {
 public:
  void add(SavedDocument document);
  void add_unusable(std::string file, std::string reason);
  // Of one with a date in the future, an hour ahead or more, the clock is wrong: it is stale, too.
  Fleet finish(UtcTime now, std::chrono::seconds max_age);

 private:
  struct Newest {  // what a host's picture is made of so far
    std::string file;
    UtcTime at;
  };
  struct Entry {
    FleetHost host;
    std::map<std::string, Newest, std::less<>> newest;  // "settings", "probe", "facts", "any"
  };
  bool supersedes(Entry& entry, const std::string& sort, const SavedDocument& document);
  std::uint32_t number_of(const SavedStep& step);
  void fold_settings(FleetHost& host, const SavedPlan& plan);

  Fleet fleet_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<std::pair<std::string, std::string>, std::uint32_t> numbers_;
};

// Hosts that look alike in a picture, those of a larger group first.
struct FleetGroup {
  std::vector<const FleetHost*> hosts;
};
std::vector<FleetGroup> profile_groups(const Fleet& fleet);  // hosts of one profile and digest
// By how they and the given settings stand.
std::vector<FleetGroup> group_rows(const std::vector<const FleetHost*>& hosts,
                                   const std::vector<std::uint32_t>& settings);
const FleetCell* find_cell(const FleetHost& host, std::uint32_t setting);
bool has_setting(const FleetHost& host, std::uint32_t setting);

// Settings in trouble on any of these hosts, the one with most hosts first.
std::vector<std::uint32_t> settings_in_trouble(const Fleet& fleet,
                                               const std::vector<const FleetHost*>& hosts);

struct FleetTally {
  std::string what;        // a cause, a kernel, a driver
  std::string detail;      // an example, or what else there is to say; may be empty
  std::string first_seen;  // the earliest; empty: not recorded
  std::vector<const FleetHost*> hosts;
};
std::vector<FleetTally> causes_of(const Fleet& fleet);  // who or what, most hosts first
std::vector<FleetTally> kernels_of(const Fleet& fleet);
std::vector<FleetTally> libraries_of(const Fleet& fleet);
std::vector<FleetTally> nics_of(const Fleet& fleet);     // by driver and card
std::vector<FleetTally> cannots_of(const Fleet& fleet);  // setting and reason

// Hosts whose probes took the same paths, in the NIC first, not probed last.
std::vector<FleetGroup> path_groups(const Fleet& fleet);
std::vector<FleetTally> path_reasons(const FleetGroup& group);  // why not further
int path_rank(std::string_view path);  // device 0, kernel 1, userspace 2, anything else 3

struct FleetCounts {
  int hosts = 0, in_sync = 0, drift = 0, cannot = 0, failed = 0, unknown = 0;
  int probed = 0, tx_device = 0, tx_kernel = 0, rx_device = 0, rx_kernel = 0;
  int device = 0;  // in the NIC, one way at least
};
FleetCounts count(const Fleet& fleet);

}  // namespace tuner
