// A knob is a family of settings: all sysctls, all features of all NICs, all interrupt affinities.
//
// A knob is a description and five functions, as plain data. No family has its own apply, verify,
// dry run or undo: the same call writes a goal and an original, so rollback works for every family.
#pragma once

#include "base/result.h"
#include "base/words.h"
#include "host/host.h"
#include "model/facts.h"
#include "model/plan.h"
#include "model/profile.h"
#include "model/programs/program_risk.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The order in which apply sets the families; knobs/catalog.cc gives the reasons.
enum class Phase { Modules, Shape, Features, Irqbalance, Irqs, Cpus, Sysctls, Persist };
template <>
inline constexpr auto kWords<Phase> = std::to_array<Word<Phase>>({{Phase::Modules, "modules"},
                                                                  {Phase::Shape, "shape"},
                                                                  {Phase::Features, "features"},
                                                                  {Phase::Irqbalance, "irqbalance"},
                                                                  {Phase::Irqs, "irqs"},
                                                                  {Phase::Cpus, "cpus"},
                                                                  {Phase::Sysctls, "sysctls"},
                                                                  {Phase::Persist, "persist"}});
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
  // Facts that are used only for notes. If they cannot be read, no subject is missed.
  FactNeed needs_for_notes = FactNeed::None;
  // Families whose settings of the same NIC are reset by a write of this one. The engine records
  // their values in the journal before the first such write, and restores them after it.
  std::span<const std::string_view> disturbs = {};
  // Drivers round numbers up: the value read back counts as the goal if it is not less.
  bool rounds = false;
  // The values are whole files that the system reads at boot, and an Available one was written by
  // this program, in whichever run.
  bool boot_files = false;
  // The value of a subject that an interrupted write of this program has left: a rollback takes it
  // for its own. Empty: every write is whole.
  std::string_view half_written = {};
};

struct Change {
  Subject subject;
  Value value;  // to write; Absent unloads a module
};

struct Knob {
  KnobInfo info;

  // Whether the profile mentions the family. Facts are collected only for families that it
  // mentions.
  bool (*wanted)(const Profile& profile);

  // Pure. Turns selectors into subjects and policies into goals. Of two entries for one subject,
  // the last one wins, with a note in `notes`. A selector that matches nothing gives a setting
  // without a subject, or with if_present a note.
  std::vector<DesiredSetting> (*expand)(const Profile& profile, const Facts& facts,
                                        std::vector<std::string>& notes);

  // Reads one subject. Never writes and never loads a module.
  Observation (*observe)(const Host& host, const Subject& subject);

  // Writes the changes of one group (or a single change), in order; one outcome per change. The
  // engine reads the values back.
  std::vector<Outcome> (*write)(Host& host, std::span<const Change> changes);

  // How a write of a subject of this NIC disturbs traffic. Null: not at all.
  Disruption (*disruption)(const Nic& nic, const Subject& subject) = nullptr;

  // Where a subject from the journal is today; nullopt if it is gone (NIC removed, queue count
  // changed).
  std::optional<Subject> (*locate)(const Subject& recorded, const Facts& facts);

  // All subjects of one NIC, whether or not a profile mentions them: the settings that are reset by
  // a family that disturbs this one. Null: no family disturbs it.
  std::vector<Subject> (*subjects_on_nic)(const Nic& nic) = nullptr;

  // Pure. Changes `facts` as the write of `change` will change the machine, for a family that
  // disturbs others. Null: the write changes nothing that later families expand from.
  void (*predict)(Facts& facts, const Change& change) = nullptr;

  // Whether the write gives the kernel TLS, now or at the next boot. Then the engine first looks
  // for programs that suffer by it (engine/gate.h). Null: never.
  bool (*brings_ktls)(const Change& change) = nullptr;

  // Whether this machine accepts a value; called before a write of the value is planned. Available
  // (with an optional remark): yes. Otherwise the reason why not, or why it is unknown. Reads,
  // never writes. Null: accepts every value of the right type.
  Observation (*takes)(const Host& host, const Change& change) = nullptr;

  // What one program suffers by the write, as far as its files tell; asked by the gate before the
  // write is planned. Null: the write is about no program.
  std::optional<ProgramRisk> (*risk)(const Host& host, const Change& change) = nullptr;
};

}  // namespace tuner
