// The plan: every setting a profile wants, held against what was observed. Plain data;
// engine/plan.cc makes it, apply carries it out, the printers print it. `check` is a plan that must
// come out empty.
#pragma once

#include "model/profile.h"
#include "model/value.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// One thing that can be set.
struct Subject {
  std::string knob;    // the family's name: "sysctl"
  std::string key;     // for machines; survives renames and renumbering: "irq:0000:81:00.0/rxtx-3"
  std::string name;    // for people: "eth0/rxtx-3"
  std::string place;   // where it is right now, in the family's own words: a path, an IRQ number, a
                       // device name
  std::string group;   // subjects of one group are written in one message (features of one NIC);
                       // empty: alone
  std::string device;  // the NIC it belongs to, Nic::key(); empty: no NIC's
  bool operator==(const Subject&) const = default;
};

// What the family saw. There is no default value: what could not be read has an availability that
// says so.
struct Observation {
  enum class Availability {
    Available,
    Unsupported,  // this machine or kernel has no such thing, or it is fixed
    Unreadable,   // a right is missing
    Blocked,      // it could be, but something stands in the way (deny-list, another owner)
    NoSubject,    // there is nothing here to set: no such NIC, driver, node or queue
  };
  Availability availability = Availability::Available;
  Value value;  // what is configured; the one that goals are compared with, and restored
  std::optional<Value> in_effect;  // where that is something else; a goal must be met by it, too
  std::string reason;  // why not Available; or a remark on the value ("takes effect with the next
                       // interrupt")
  std::string hint;    // what the operator can do about it
};

// How much writing a step disturbs traffic. The order is the scale of --max-disruption.
enum class Disruption { None, NewConnections, ChannelReopen, LinkFlap };
std::string_view disruption_name(Disruption disruption);
Disruption disruption_from(std::string_view name);  // NewConnections: no such name

// What a family's expand() asks for.
struct DesiredSetting {
  Subject subject;
  Setting setting;
  std::string because;  // how this goal came about for this subject; may be empty
  std::string detail;   // the same in full, for --explain; may be empty
  Disruption disruption = Disruption::None;
  // Set when facts alone already say it cannot be (node -1 on a two-node machine): observe is not
  // asked.
  std::string unsupported;
  // Set when the profile's words found nothing to set: why. The subject then stands for the words.
  std::string no_subject;
  // Set when facts alone say that writing it is in vain for now (a feature that needs another one):
  // unless the goal is met, it is blocked, and this is why.
  std::string blocked;
  std::string owner;  // who else writes it, if known ("irqbalance (pid 412)")
};

enum class Status {
  InSync,
  Change,
  Done,
  Unsupported,
  NoSubject,
  Unreadable,
  Blocked,
  Deferred,
  Failed
};
std::string_view status_name(Status status);  // "in_sync", …
std::string status_words(Status status);      // for people: "in sync", …
// Not to be had here: Unsupported, NoSubject or Blocked.
bool is_cannot(Status status);
// Not as it should be. A preferred setting that this machine cannot have is no trouble.
bool is_trouble(Status status, Need need);

// When the checks on record found a setting drifted first, and last.
struct DriftTimes {
  std::chrono::system_clock::time_point first_seen;
  std::chrono::system_clock::time_point last_seen;
  bool operator==(const DriftTimes&) const = default;
};

// What kind of cause explains a drift. The names are for machines and stay as they are.
enum class CauseCode {
  None,            // no drift, or no profile was applied
  Reboot,          // a persisted profile was not set since the reboot
  RunStopped,      // a later apply failed or was cut off before it
  LeftOut,         // the last apply left it out (--only, --skip, --nic)
  NicNew,          // the NIC was not there when the profile was applied
  DriverReloaded,  // its interface has another index
  QueuesChanged,   // it has another number of queues
  Remade,          // the driver made the interrupt or policy anew
  GoalChanged,     // the profile wants something else, or leads to another value
  CpusChanged,     // other CPUs are online
  CpuHotplug,      // CPUs were offline and are back
  ModuleHolder,    // another module was loaded that needs this one
  Owner,           // somebody else's value is the one that is there
  NicRenamed,      // the interface was renamed
  LinkChanged,     // the link went down or up
  OtherNamespace,  // the profile was applied in another network namespace
  Unknown,         // nothing explains it; the text says what was looked at
};
std::string_view cause_code_name(CauseCode code);  // "reboot", "run_stopped", …; None: ""

struct DriftCause {
  CauseCode code = CauseCode::None;
  std::string text;  // one sentence
  explicit operator bool() const { return code != CauseCode::None; }
};

struct Step {
  DesiredSetting desired;
  Observation observed;
  Status status = Status::InSync;
  Value target;         // what is or was written: Status::Change, Done, Failed
  std::string because;  // one sentence for the reason column
  std::string cause;    // of drift: why it no longer is as it was set; empty: it is, or not known
  CauseCode cause_code = CauseCode::None;
  std::optional<DriftTimes> drift;  // nothing: no check has recorded it as drifted
  std::optional<Value> persisted;   // what the next boot sets; nothing: it does not
  bool restores = false;            // the profile does not speak of it: the goal is its original
  bool puts_back = false;  // ... which a write of this very apply threw away: no change of the host
};

// What a note begins with that is shown wherever rows are.
inline constexpr std::string_view kWarningNote = "warning: ";

struct Plan {
  std::string profile;
  std::string digest;
  std::vector<Step> steps;         // in the order in which they are carried out
  std::vector<std::string> notes;  // selectors that match nothing, goals that were overridden, …
};

// By what is configured and by what is in effect.
bool is_met(const Observation& observed, const Goal& goal);

struct Summary {
  int in_sync = 0, change = 0, done = 0, unsupported = 0, no_subject = 0, unreadable = 0,
      blocked = 0, deferred = 0, failed = 0;
};
Summary summarize(const std::vector<Step>& steps);

}  // namespace tuner
