// The write-ahead journal: before each write to the machine, the present value and the value to
// write are on disk. One JSON object per line in /run/ktls-tuner/journal. A torn last line (the
// process ended in the middle of it) is dropped, because the write that it announced never
// happened.
//
//   {"run": "…", "boot_id": "…", "profile": "edge-server", "digest": "…", "path": "…", "at": "…",
//   "by": "root"}
//   {"intended": {"subject": {…}, "before": …, "after": …}}       durable before the write
//   {"done": {"key": "…", "after": …}}                            as read back; for a file also
//   "folder", the folder that it is in, as "device:inode"
//   {"preserved": {"subject": {…}, "value": …}}                   not written by this program yet,
//   but the run will reset it
//   {"disturbed": {"device": "…", "knobs": […]}}                  durable before such a write: from
//   here on, the values of these families' settings of this NIC are the tool's doing
//   {"seen": [{"device": "…", "ifindex": …, …}]}                  snapshots of the NICs at the end
//   of the run
//   {"restored": {"key": "…", "run": "…"}}                        this run's record is undone;
//   without "run", all records of this key
//   {"ended": "applied" | "failed"}
//   {"rolled_back": "…"}                                         this run is no longer active;
//   empty: no run is
//   {"closed": true}                                             all is undone; the file is removed
//   next
//
// Each line also holds the boot and the network namespace in which it was written ("boot", "net"),
// and its line number and digest (engine/journal_chain.h).
//
// The journal belongs to one boot. A journal with another boot id holds values that the machine no
// longer has, and counts as empty. State that an earlier boot persisted is copied in when the
// journal is loaded (engine/persisted.h): its originals come before those of this boot, and its
// profile is active until this boot applies another.
#pragma once

#include "base/words.h"
#include "engine/journal_chain.h"
#include "engine/persisted.h"
#include "engine/run_info.h"
#include "host/files/state_store.h"
#include "model/plan.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tuner {

struct SettingLine;

// The state of a NIC when it was set. A difference later explains a drift.
struct NicSnapshot {
  std::string device;  // Nic::key()
  std::string name;    // empty: not recorded
  int ifindex = 0;
  int rx_queues = 0;
  int tx_queues = 0;
  std::int64_t carrier_changes = -1;
  bool operator==(const NicSnapshot&) const = default;
};

// The error for a file of one boot when the present boot id could not be read.
Error boot_not_known(std::string_view path);

enum class JournalState {
  None,        // nothing was written in this boot
  Whole,       // every line is proven, and the last run ended
  Unfinished,  // every line is proven, but a run was killed; reading the setting completes its
               // record
  Legacy,      // written by an older release, without a chain: usable, not proven
  Damaged,     // anything else: only the lines before the damage are known
};
template <>
inline constexpr auto kWords<JournalState> =
    std::to_array<Word<JournalState>>({{JournalState::None, "none"},
                                       {JournalState::Whole, "whole"},
                                       {JournalState::Unfinished, "unfinished"},
                                       {JournalState::Legacy, "legacy"},
                                       {JournalState::Damaged, "damaged"}});
std::string_view journal_state_name(JournalState state);  // "none", …

class Journal {
 public:
  // What one run did to one subject.
  struct Record {
    std::string run;
    Value before;
    Value after;             // as read back; the intended value while dangling
    bool dangling = true;    // intended, but there is no "done" yet
    Value intended;          // before a driver rounded it
    bool preserved = false;  // only recorded, not written: before and after are the same
    bool carried = false;    // written in an earlier boot
  };
  struct Entry {
    Subject subject;
    std::vector<Record> records;  // oldest first; never empty
    bool disturbed =
        false;  // reset by a write of this program to the same NIC, and not restored yet
    std::string folder = {};  // of a file written in this boot (engine/written_folder.h)

    const Value& original() const { return records.front().before; }
    const Value& last_written() const { return records.back().after; }
    bool dangling() const { return records.back().dangling; }
    bool written() const;  // by this program; not only preserved
    // Written only in an earlier boot. Its present value is ours only if a file that the system
    // reads at boot set it.
    bool only_carried() const { return records.back().carried; }
  };
  struct Run {
    RunInfo info;
    std::string ended;     // empty: it did not end
    bool carried = false;  // from an earlier boot
  };

  // Missing file: an empty journal. Unreadable: an error, because wrong originals are worse than
  // stopping. A damaged one is loaded as far as it is proven; no line is added to it and the file
  // stays as it is. `net`: the network namespace of this process; empty if it is unknown.
  static Result<Journal> load(const StateStore& store, std::string_view boot_id,
                              std::string_view net = {});

  JournalState state() const;
  // What is wrong with a damaged journal, and what to do; nullopt if it is not damaged.
  const std::optional<Error>& damage() const { return damage_; }
  // Settings (family, name) that a damaged journal names after the damage and that have no entry().
  // Neither their original nor their last value is proven.
  using Names = std::vector<std::pair<std::string, std::string>>;
  const Names& doubtful() const { return doubtful_; }
  const std::string& boot_id() const { return boot_id_; }
  // The network namespace in which the lines were written. Empty: there is no line of this boot, or
  // an older release wrote it.
  const std::string& net() const { return written_in_; }
  // of_this_namespace(): Refused, with the way to enter it, if the journal was written in another
  // network namespace. usable(): the same, and damage() if the journal is damaged.
  Outcome usable() const;
  Outcome of_this_namespace() const;

  // References are valid until the next call after a line that removes an entry.
  const std::vector<Entry>& entries() const;
  const Entry* entry(std::string_view key) const;
  const std::vector<Run>& runs() const { return runs_; }
  // The last run that ended "applied" and was not rolled back; nullptr: no profile is active.
  const RunInfo* active() const;
  // The run whose profile the next boot sets; nullptr: none.
  const RunInfo* persisted() const { return persisted_.active(); }

  // nullptr: no snapshot of this NIC.
  const NicSnapshot* snapshot(std::string_view device) const;

  // Each of these is durable when it returns. Lines of another boot and a torn line are removed
  // first.
  Outcome begin(StateStore& store, const RunInfo& run);
  Outcome intend(StateStore& store, const Subject& subject, const Value& before,
                 const Value& after);
  // `folder`: of a file, the folder that it is in (engine/written_folder.h); otherwise empty.
  Outcome done(StateStore& store, std::string_view key, const Value& after,
               std::string_view folder = {});
  // Does nothing if the subject has an entry already.
  Outcome preserve(StateStore& store, const Subject& subject, const Value& value);
  // Marks the NIC's entries of these families as disturbed, until a run ends "applied", a rollback
  // ends, or the entry is written or restored.
  Outcome disturb(StateStore& store, std::string_view device,
                  std::span<const std::string_view> knobs);
  // Replaces earlier snapshots of these NICs.
  Outcome seen(StateStore& store, std::span<const NicSnapshot> nics);
  // `run` empty: the records of all runs for this key.
  Outcome restored(StateStore& store, std::string_view key, std::string_view run);
  Outcome end(StateStore& store, std::string_view how);
  // `run` empty: all runs.
  Outcome rolled_back(StateStore& store, std::string_view run);
  // All is undone: removes the journal, its head, the persisted state and the approved copies. The
  // files of a damaged journal stay.
  Outcome clear(StateStore& store);
  // Renames a damaged journal and its head to names with `stamp`; this object is empty afterwards.
  // Returns the new name of the journal.
  Result<std::string> set_aside(StateStore& store, std::string_view stamp);
  // Writes journal and head again as they were when this object was loaded, over any present files.
  // For a journal that was removed or damaged while this process had it in memory.
  Outcome rewrite_files(StateStore& store);
  // From now on the next boot sets the profile of `run`. Also saves every known original, including
  // those of the steps of `to_come` that will be written.
  Outcome persist(StateStore& store, const RunInfo& run, std::span<const Step> to_come);
  // From now on the next boot sets what it set before this run; `run` empty: nothing. Originals
  // stay, except those of this boot if no profile is left and `run` is not empty.
  Outcome withdraw(StateStore& store, std::string_view run);

 private:
  Outcome take(std::string_view line);
  static Result<Journal> load_this_boot(const StateStore& store, std::string_view boot_id);
  Outcome take_chain(const Chain& chain);
  void damaged_at(const std::string& why);
  void name_doubtful(std::span<const std::string_view> lines);
  void carry(Persisted persisted);
  std::vector<Persisted::Original> originals(const std::string& kernel) const;
  Outcome write(StateStore& store, nlohmann::json record);
  Outcome write_head(StateStore& store);
  Outcome write_to_a_run(StateStore& store, nlohmann::json record);
  void mark_disturbed(std::string_view device, const std::vector<std::string>& knobs);
  void mark_ended(std::string_view how);
  void mark_rolled_back(std::string_view run);
  void drop_records(std::string_view key, std::string_view run);
  Entry* find(std::string_view key);
  void place_entries();
  void place_anew();
  void note(NicSnapshot nic);
  bool take_place(std::string_view boot, std::string_view net);
  Outcome take_setting(SettingLine line);
  void take_intended(SettingLine line);
  bool take_done(SettingLine line);
  void take_preserved(SettingLine line);

  std::string boot_id_;
  std::string net_;         // the network namespace of this process
  std::string written_in_;  // the network namespace of the lines
  std::optional<Error> damage_;
  Names doubtful_;
  ChainEnd end_;
  std::size_t plain_ = 0;     // lines without a chain
  bool head_behind_ = false;  // the head must be written before the next line
  bool torn_ = false;
  bool sealed_ = true;  // the last line ends a run
  bool closed_ = false;
  bool net_known_ = false;
  Persisted persisted_;
  std::string text_;  // the complete lines of the file
  bool rewrite_ =
      false;  // the file has other contents (a torn line): replace it with text_ before appending
  std::vector<Entry> entries_;
  std::vector<Run> runs_;
  std::unordered_map<std::string, NicSnapshot> snapshots_;  // by device
  // Indexes of the first placed_ entries: by key the first one, by device all.
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  template <typename Each>
  using ByName = std::unordered_map<std::string, Each, Hash, std::equal_to<>>;
  ByName<std::size_t> places_;
  ByName<std::vector<std::size_t>> of_device_;
  std::size_t placed_ = 0;
  bool emptied_ = false;  // entries without records are still in entries_
};

}  // namespace tuner
