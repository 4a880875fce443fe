// A knob is a family of settings: all sysctls, all features of all NICs, all interrupt affinities.
//
// Five functions and a description, as plain data. No family has its own apply, verify, dry run or
// undo: writing a goal and writing an original are the same call, so rollback comes for free with
// every family.
#pragma once

#include "base/result.h"
#include "host/host.h"
#include "model/facts.h"
#include "model/plan.h"
#include "model/profile.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The order in which apply works; why, see knobs/catalog.cc.
enum class Phase { Modules, Shape, Features, Irqbalance, Irqs, Cpus, Sysctls, Persist };
std::string_view phase_name(Phase phase);

struct KnobInfo {
  std::string_view name;  // = file name = "knob" in JSON
  Phase phase = Phase::Sysctls;
  std::string_view doc;         // one sentence
  std::string_view in_profile;  // the profile keys: "nics[].features"
  std::string_view reads;
  std::string_view writes;
  std::string_view capability;  // to write: "CAP_NET_ADMIN"
  FactNeed needs = FactNeed::None;
  // What its notes are made of: where that cannot be read no subject is hidden.
  FactNeed remarks_on = FactNeed::None;
  // Families whose settings of the same NIC a write of this one throws away. What is there is kept
  // in the journal before the first such write, and put back after it.
  std::span<const std::string_view> disturbs = {};
  // Numbers are rounded up by drivers: what is read back counts, if it is not less than asked.
  bool rounds = false;
};

struct Change {
  Subject subject;
  Value value;  // to write; Absent unloads a module
};

struct Knob {
  KnobInfo info;

  // Does this profile say anything about the family? Facts are collected only for those that it
  // does.
  bool (*wanted)(const Profile& profile);

  // Pure. Selectors become subjects; policies become goals. Two entries for one subject: the last
  // one wins, with a note. `notes` gets what matched nothing.
  std::vector<DesiredSetting> (*expand)(const Profile& profile, const Facts& facts,
                                        std::vector<std::string>& notes);

  // Reads one subject. Never writes, never loads a module by accident.
  Observation (*observe)(const Host& host, const Subject& subject);

  // Writes changes of one group (or one alone), in order; one answer each. Does not read back: the
  // engine does.
  std::vector<Outcome> (*write)(Host& host, std::span<const Change> changes);

  // How much writing a subject of this NIC disturbs traffic. Null: not at all.
  Disruption (*disruption)(const Nic& nic, const Subject& subject) = nullptr;

  // Where a subject from the journal is today; nothing when it is gone (NIC removed, queue count
  // changed).
  std::optional<Subject> (*locate)(const Subject& recorded, const Facts& facts);

  // Every subject on one NIC, whatever a profile says: what a family that disturbs this one throws
  // away. Null: nobody disturbs it.
  std::vector<Subject> (*on_nic)(const Nic& nic) = nullptr;

  // Pure. Facts as they are going to be after a change of a family that disturbs others. Null: it
  // disturbs none.
  void (*foresee)(Facts& facts, const Change& change) = nullptr;

  // Whether this machine takes a value that it does not have yet, asked before a write of it is
  // planned: Available (with a remark, if there is one to make), or why not, or why that is not
  // known. Reads, never writes. Null: every value of the right type.
  Observation (*takes)(const Host& host, const Change& change) = nullptr;
};

}  // namespace tuner
