// The plan: every desired setting of a profile, compared with its observation. Plain data:
// engine/plan.cc makes it, apply executes it, the printers print it. `check` requires a plan
// without changes.
#pragma once

#include "base/words.h"
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
  std::string place;   // its current location, defined by the family: a path, an IRQ number, a
                       // device name
  std::string group;   // subjects of one group are written in one message (features of one NIC);
                       // empty: not grouped
  std::string device;  // the NIC it belongs to, Nic::key(); empty: none
  bool operator==(const Subject&) const = default;
};

// The result of reading a subject. There is no default value: if it could not be read, the
// availability says so.
struct Observation {
  enum class Availability {
    Available,
    Unsupported,  // this machine or kernel does not have it, or it is fixed
    Unreadable,   // the read failed
    Blocked,      // supported, but prevented (deny-list, another owner)
    NoSubject,    // the machine has no such NIC, driver, node or queue
  };
  Availability availability = Availability::Available;
  Value value;  // the configured value; it is compared with goals, written and restored
  std::optional<Value> in_effect;  // set if it differs from `value`; it must meet the goal too
  std::string reason;  // why not Available; or a remark on the value ("takes effect with the next
                       // interrupt")
  std::string hint;    // what the operator can do about it
};

// How much writing a step disturbs traffic, in the order of --max-disruption.
enum class Disruption { None, NewConnections, ChannelReopen, LinkFlap };
template <>
inline constexpr auto kWords<Disruption> =
    std::to_array<Word<Disruption>>({{Disruption::None, "none"},
                                     {Disruption::NewConnections, "new-connections"},
                                     {Disruption::ChannelReopen, "channel-reopen"},
                                     {Disruption::LinkFlap, "link-flap"}});
std::string_view disruption_name(Disruption disruption);
Disruption disruption_from(std::string_view name);  // NewConnections: no such name

// One subject with its goal, from a family's expand().
struct DesiredSetting {
  Subject subject;
  Setting setting;
  std::string because;  // why this subject has this goal; may be empty
  std::string detail;   // the same in full, for --explain; may be empty
  Disruption disruption = Disruption::None;
  // The reason if facts alone show that it is unsupported (node -1 on a two-node machine). Then
  // observe() is not called.
  std::string unsupported;
  // The reason if the profile's entry matches nothing. The subject then stands for the entry.
  std::string no_subject;
  // The reason if facts alone show that a write has no effect for now (a feature that needs another
  // one). The step is blocked unless the goal is already met.
  std::string blocked;
  std::string owner;  // other owners of the setting, if known ("irqbalance (pid 412)")
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
template <>
inline constexpr auto kWords<Status> =
    std::to_array<Word<Status>>({{Status::InSync, "in_sync"},
                                 {Status::Change, "change"},
                                 {Status::Done, "done"},
                                 {Status::Unsupported, "unsupported"},
                                 {Status::NoSubject, "no_subject"},
                                 {Status::Unreadable, "unreadable"},
                                 {Status::Blocked, "blocked"},
                                 {Status::Deferred, "deferred"},
                                 {Status::Failed, "failed"}});
std::string_view status_name(Status status);  // "in_sync", …
std::string status_words(Status status);      // for people: "in sync", …
// Whether this machine cannot have the setting: Unsupported, NoSubject or Blocked.
bool is_unavailable(Status status);
// Whether the step is a problem: not InSync, except a preferred one that this machine cannot have.
bool is_problem(Status status, Need need);

// When recorded checks found a setting drifted for the first and the last time.
struct DriftTimes {
  std::chrono::system_clock::time_point first_seen;
  std::chrono::system_clock::time_point last_seen;
  bool operator==(const DriftTimes&) const = default;
};

// The cause of a drift. Other programs match the names, so they never change.
enum class CauseCode {
  None,            // no drift, or no profile was applied
  Reboot,          // a persisted profile was not applied since the reboot
  RunStopped,      // a later apply failed or was interrupted before this setting
  LeftOut,         // the last apply did not include it (--only, --skip, --nic)
  NicNew,          // the NIC did not exist when the profile was applied
  DriverReloaded,  // the NIC's interface has another index
  QueuesChanged,   // the NIC has another number of queues
  Remade,          // the driver recreated the interrupt or policy
  GoalChanged,     // the profile's goal has changed, or it now results in another value
  CpusChanged,     // other CPUs are online
  CpuHotplug,      // CPUs were offline and are online again
  ModuleHolder,    // another module that needs this one was loaded
  Owner,           // the value is that of another owner
  NicRenamed,      // the interface was renamed
  LinkChanged,     // the link went down or up
  OtherNamespace,  // the profile was applied in another network namespace
  Unknown,         // no known cause; the text lists what was examined
};
template <>
inline constexpr auto kWords<CauseCode> =
    std::to_array<Word<CauseCode>>({{CauseCode::None, ""},
                                    {CauseCode::Reboot, "reboot"},
                                    {CauseCode::RunStopped, "run_stopped"},
                                    {CauseCode::LeftOut, "left_out"},
                                    {CauseCode::NicNew, "nic_new"},
                                    {CauseCode::DriverReloaded, "driver_reloaded"},
                                    {CauseCode::QueuesChanged, "queues_changed"},
                                    {CauseCode::Remade, "remade"},
                                    {CauseCode::GoalChanged, "goal_changed"},
                                    {CauseCode::CpusChanged, "cpus_changed"},
                                    {CauseCode::CpuHotplug, "cpu_hotplug"},
                                    {CauseCode::ModuleHolder, "module_holder"},
                                    {CauseCode::Owner, "owner"},
                                    {CauseCode::NicRenamed, "nic_renamed"},
                                    {CauseCode::LinkChanged, "link_changed"},
                                    {CauseCode::OtherNamespace, "other_namespace"},
                                    {CauseCode::Unknown, "unknown"}});
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
  Value target;         // the value to write or written: Status::Change, Done, Failed
  std::string because;  // one sentence for the reason column
  std::string cause;    // the cause of the drift; empty: no drift, or not known
  CauseCode cause_code = CauseCode::None;
  std::optional<DriftTimes> drift;  // nullopt: no check has recorded a drift
  std::optional<Value> persisted;   // the value that the next boot sets; nullopt: it sets none
  bool restores = false;            // the profile does not mention it: the goal is its original
  // With `restores`: a write of this apply reset it, so restoring it is no change of the host.
  bool undoes_reset = false;
};

// The prefix of notes that are shown wherever steps are.
inline constexpr std::string_view kWarningNote = "warning: ";

struct Plan {
  std::string profile;
  std::string digest;
  std::vector<Step> steps;         // in the order of execution
  std::vector<std::string> notes;  // selectors that match nothing, goals that were overridden, …
};

// Whether the configured value and the value in effect both meet the goal.
bool is_met(const Observation& observed, const Goal& goal);

struct Summary {
  int in_sync = 0, change = 0, done = 0, unsupported = 0, no_subject = 0, unreadable = 0,
      blocked = 0, deferred = 0, failed = 0;
};
Summary summarize(const std::vector<Step>& steps);

}  // namespace tuner
