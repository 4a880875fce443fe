// The write-ahead journal: before any write to the machine, what is there and what is about to be
// written is on disk. One JSON object a line in /run/ktls-tuner/journal; a torn last line (the
// process ended in the middle of it) is dropped, because the write it announced never happened.
//
//   {"run": "…", "boot_id": "…", "profile": "edge-server", "digest": "…", "path": "…", "at": "…",
//   "by": "root"}
//   {"intended": {"subject": {…}, "before": …, "after": …}}       durable before the write
//   {"done": {"key": "…", "after": …}}                            as read back; of a file also the
//   "folder" that it is in, as "device:inode"
//   {"preserved": {"subject": {…}, "value": …}}                   not written by us so far, but
//   what is about to be written throws it away
//   {"disturbed": {"device": "…", "knobs": […]}}                  durable before such a write: from
//   here on, whatever these families' settings of this NIC read is our doing
//   {"seen": [{"device": "…", "ifindex": …, …}]}                  how these NICs stood when they
//   were set
//   {"restored": {"key": "…", "run": "…"}}                        that run's (without "run": every)
//   record is undone
//   {"ended": "applied" | "failed"}
//   {"rolled_back": "…"}                                         that run (empty: every run) is no
//   longer active
//   {"closed": true}                                             all is undone; the file goes next
//
// Each line also has the boot and the network namespace that it was written in ("boot", "net"), and
// its link of the chain (engine/journal_chain.h).
//
// The journal belongs to one boot: a journal with another boot id holds values that the machine no
// longer has, and counts as empty. What was persisted in an earlier boot is carried into it when it
// is loaded (engine/persisted.h): its originals come before this boot's, and its profile is the
// active one until this boot has another.
#pragma once

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

// What tells later that a NIC is no longer the one that was set.
struct NicSnapshot {
  std::string device;  // Nic::key()
  std::string name;    // empty: not noted
  int ifindex = 0;
  int rx_queues = 0;
  int tx_queues = 0;
  std::int64_t carrier_changes = -1;
  bool operator==(const NicSnapshot&) const = default;
};

// A file of one boot is there, and which boot this is could not be read.
Error boot_not_known(std::string_view path);

enum class JournalState {
  None,        // nothing was written in this boot
  Whole,       // every line is proven, and the last run came to its end
  Unfinished,  // every line is proven; a run was killed: looking settles what it was about
  Legacy,      // of an older release, without a chain: usable, not proven
  Damaged,     // anything else: only what stands before the damage is known
};
std::string_view journal_state_name(JournalState state);  // "none", …

class Journal {
 public:
  // One run's dealing with one subject.
  struct Record {
    std::string run;
    Value before;
    Value after;             // as read back; the intention while dangling
    bool dangling = true;    // intended, and nothing known since
    Value intended;          // before a driver rounded it
    bool preserved = false;  // only noted: before and after are what was there
    bool carried = false;    // written in an earlier boot
  };
  struct Entry {
    Subject subject;
    std::vector<Record> records;  // oldest first; never empty
    bool disturbed =
        false;  // thrown away by a write of ours to the same NIC, and not dealt with yet
    std::string folder = {};  // of a file written in this boot (engine/written_folder.h)

    const Value& original() const { return records.front().before; }
    const Value& last_written() const { return records.back().after; }
    bool dangling() const { return records.back().dangling; }
    bool written() const;  // by us; not only preserved
    // Not in this boot: what it reads is ours only where a file of the system's brought it back.
    bool only_carried() const { return records.back().carried; }
  };
  struct Run {
    RunInfo info;
    std::string ended;     // empty: it never came to its end
    bool carried = false;  // from an earlier boot
  };

  // Missing file: an empty journal. Unreadable: an error, because guessing about originals is worse
  // than stopping. A damaged one is loaded as far as it is proven, and takes no line any more: the
  // file stays as it is. `net`: the network namespace, empty where it is not known.
  static Result<Journal> load(const StateStore& store, std::string_view boot_id,
                              std::string_view net = {});

  JournalState state() const;
  // What is wrong with a damaged one, and the way out; nothing: it is not damaged.
  const std::optional<Error>& damage() const { return damage_; }
  // Settings (family, name) that a damaged one names behind the damage. Their last value is not
  // known, and where entry() has none, neither is their original.
  using Names = std::vector<std::pair<std::string, std::string>>;
  const Names& doubtful() const { return doubtful_; }
  const std::string& boot_id() const { return boot_id_; }
  // Empty: nothing of this boot's is there, or an older release wrote it.
  const std::string& net() const { return written_in_; }
  // Refused where this journal is of another network namespace, with the way there; and where it is
  // damaged.
  Outcome usable() const;
  Outcome of_this_namespace() const;

  const std::vector<Entry>& entries() const { return entries_; }
  const Entry* entry(std::string_view key) const;
  const std::vector<Run>& runs() const { return runs_; }
  // The last run that ended "applied" and was not rolled back; nullptr: no profile is active.
  const RunInfo* active() const;
  // What the next boot sets; nullptr: nothing.
  const RunInfo* persisted() const { return persisted_.active(); }

  // nullptr: this NIC was never set.
  const NicSnapshot* snapshot(std::string_view device) const;

  // Each of these is durable when it returns. What another boot left, or a torn line, goes first.
  Outcome begin(StateStore& store, const RunInfo& run);
  Outcome intend(StateStore& store, const Subject& subject, const Value& before,
                 const Value& after);
  // `folder`: that a file is in (engine/written_folder.h), else empty.
  Outcome done(StateStore& store, std::string_view key, const Value& after,
               std::string_view folder = {});
  // Nothing happens where the subject has an entry already.
  Outcome preserve(StateStore& store, const Subject& subject, const Value& value);
  // Until a run ends "applied" or a rollback comes to its end, or the entry is written or restored.
  Outcome disturb(StateStore& store, std::string_view device,
                  std::span<const std::string_view> knobs);
  // Takes the place of what was noted of these NICs before.
  Outcome seen(StateStore& store, std::span<const NicSnapshot> nics);
  // `run` empty: all runs' records of this key.
  Outcome restored(StateStore& store, std::string_view key, std::string_view run);
  Outcome end(StateStore& store, std::string_view how);
  // `run` empty: all runs.
  Outcome rolled_back(StateStore& store, std::string_view run);
  // All undone: nothing is active any more, nothing persisted, and both files go.
  Outcome clear(StateStore& store);
  // A damaged journal and its head get names with `stamp`, and nothing is known here any more.
  // The names, or why not.
  Result<std::string> set_aside(StateStore& store, std::string_view stamp);
  // Writes the files anew as they were when this was loaded, over whatever is there. For a journal
  // that was removed or damaged while a process had it.
  Outcome put_back(StateStore& store);
  // From now on the next boot sets the profile of `run`; with every original known here, and of
  // those steps of `to_come` that are going to be written.
  Outcome persist(StateStore& store, const RunInfo& run, std::span<const Step> to_come);
  // The next boot sets what it set before this run; `run` empty: nothing. Originals stay.
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
  bool take_place(const nlohmann::json& record);
  void take_intended(const nlohmann::json& intended);
  bool take_done(const nlohmann::json& done);
  void take_preserved(const nlohmann::json& preserved);

  std::string boot_id_;
  std::string net_;         // where this process is
  std::string written_in_;  // where the lines are from
  std::optional<Error> damage_;
  Names doubtful_;
  ChainEnd end_;
  std::size_t plain_ = 0;     // lines without a chain
  bool head_behind_ = false;  // the head is to be written before the next line
  bool torn_ = false;
  bool sealed_ = true;  // the last line ends a run
  bool closed_ = false;
  bool net_known_ = false;
  Persisted persisted_;
  std::string text_;  // what the file holds as far as it is whole
  bool rewrite_ =
      false;  // the file holds something else (another boot, a torn line): text_ first replaces it
  std::vector<Entry> entries_;
  std::vector<Run> runs_;
  std::unordered_map<std::string, NicSnapshot> snapshots_;  // by device
  // Where entries are: by key the first, by device all, as far as they are placed.
  std::unordered_map<std::string, std::size_t> places_;
  std::unordered_map<std::string, std::vector<std::size_t>> of_device_;
  std::size_t placed_ = 0;
};

}  // namespace tuner
