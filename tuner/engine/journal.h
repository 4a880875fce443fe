// The write-ahead journal: before any write to the machine, what is there and what is about to be
// written is on disk. One JSON object a line in /run/ktls-tuner/journal; a torn last line (the
// process ended in the middle of it) is dropped, because the write it announced never happened.
//
//   {"run": "…", "boot_id": "…", "profile": "edge-server", "digest": "…", "path": "…", "at": "…",
//   "by": "root"}
//   {"intended": {"subject": {…}, "before": …, "after": …}}       durable before the write
//   {"done": {"key": "…", "after": …}}                            as read back
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
//
// The journal belongs to one boot: a journal with another boot id holds values that the machine no
// longer has, and counts as empty. What was persisted in an earlier boot is carried into it when it
// is loaded (engine/persisted.h): its originals come before this boot's, and its profile is the
// active one until this boot has another.
#pragma once

#include "engine/persisted.h"
#include "engine/run_info.h"
#include "host/state_store.h"
#include "model/plan.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// What tells later that a NIC is no longer the one that was set.
struct NicWitness {
  std::string device;  // Nic::key()
  std::string name;    // empty: not noted
  int ifindex = 0;
  int rx_queues = 0;
  int tx_queues = 0;
  std::int64_t carrier_changes = -1;
  bool operator==(const NicWitness&) const = default;
};

// A file of one boot is there, and which boot this is could not be read.
Error boot_not_known(std::string_view path);

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

  // Missing file: an empty journal. Unreadable or damaged in the middle, or there while `boot_id`
  // is empty: an error, because guessing about originals is worse than stopping.
  static Result<Journal> load(const StateStore& store, std::string_view boot_id);

  const std::vector<Entry>& entries() const { return entries_; }
  const Entry* entry(std::string_view key) const;
  const std::vector<Run>& runs() const { return runs_; }
  // The last run that ended "applied" and was not rolled back; nullptr: no profile is active.
  const RunInfo* active() const;
  // What the next boot sets; nullptr: nothing.
  const RunInfo* persisted() const { return persisted_.active(); }

  // nullptr: this NIC was never set.
  const NicWitness* witness(std::string_view device) const;

  // Each of these is durable when it returns. What another boot left, or a torn line, goes first.
  Outcome begin(StateStore& store, const RunInfo& run);
  Outcome intend(StateStore& store, const Subject& subject, const Value& before,
                 const Value& after);
  Outcome done(StateStore& store, std::string_view key, const Value& after);
  // Nothing happens where the subject has an entry already.
  Outcome preserve(StateStore& store, const Subject& subject, const Value& value);
  // Until a run ends "applied" or a rollback comes to its end, or the entry is written or restored.
  Outcome disturb(StateStore& store, std::string_view device,
                  std::span<const std::string_view> knobs);
  // Takes the place of what was noted of these NICs before.
  Outcome seen(StateStore& store, std::span<const NicWitness> nics);
  // `run` empty: all runs' records of this key.
  Outcome restored(StateStore& store, std::string_view key, std::string_view run);
  Outcome end(StateStore& store, std::string_view how);
  // `run` empty: all runs.
  Outcome rolled_back(StateStore& store, std::string_view run);
  // All undone: nothing is active any more, nothing persisted, and both files go.
  Outcome clear(StateStore& store);
  // From now on the next boot sets the profile of `run`; with every original known here, and of
  // those steps of `to_come` that are going to be written.
  Outcome persist(StateStore& store, const RunInfo& run, std::span<const Step> to_come);
  // The next boot sets what it set before this run; `run` empty: nothing. Originals stay.
  Outcome withdraw(StateStore& store, std::string_view run);

 private:
  Outcome take(std::string_view line);
  static Result<Journal> load_this_boot(const StateStore& store, std::string_view boot_id);
  void carry(Persisted persisted);
  std::vector<Persisted::Original> originals(const std::string& kernel) const;
  Outcome write(StateStore& store, std::string_view line);
  Outcome write_to_a_run(StateStore& store, std::string_view line);
  void mark_disturbed(std::string_view device, const std::vector<std::string>& knobs);
  void mark_ended(std::string_view how);
  void mark_rolled_back(std::string_view run);
  void drop_records(std::string_view key, std::string_view run);
  Entry* find(std::string_view key);
  void note(NicWitness nic);

  std::string boot_id_;
  Persisted persisted_;
  std::string text_;  // what the file holds as far as it is whole
  bool rewrite_ =
      false;  // the file holds something else (another boot, a torn line): text_ first replaces it
  std::vector<Entry> entries_;
  std::vector<Run> runs_;
  std::vector<NicWitness> witnesses_;
};

}  // namespace tuner
