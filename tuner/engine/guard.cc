#include "engine/guard.h"

#include "base/duration.h"
#include "base/rfc3339.h"
#include "engine/undo_unconfirmed.h"
#include "host/facts/collect.h"
#include "host/process/lock_holder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Stage = PendingConfirm::Stage;

// How soon a dead apply is noticed. In the other stage only the deadline and the record matter.
constexpr milliseconds kWhileApplying{100};
constexpr milliseconds kWhileWaiting{1000};
constexpr seconds kLockWait{1};
constexpr seconds kFirstPause{1};  // doubled after each failure
constexpr seconds kLongestPause{60};
constexpr int kTriesBeforeHistory = 5;  // then the history records that the run is still in effect
constexpr seconds kStoppedFor{2};       // a debugger or a shell's job control may continue it
constexpr seconds kHolderLogInterval{600};  // between entries in the system log

// Measures how long the same process has been seen in the same state.
struct SeenProcess {
  ProcessIdentity process;
  milliseconds since{0};
  bool stopped = false;

  // Time since `now_seen` was first seen in this state; 0 if process or state changed.
  milliseconds see(const ProcessIdentity& now_seen, bool now_stopped, milliseconds now) {
    if (process != now_seen || stopped != now_stopped) *this = {now_seen, now, now_stopped};
    return now - since;
  }
};

class Guard {
 public:
  Guard(Host& host, StateStore& store, std::span<const Knob> knobs, const PendingConfirm& record,
        const ProcessIdentity& me, const GuardHooks& hooks)
      : host_(host), store_(store), knobs_(knobs), hooks_(hooks), known_(record), me_(me) {}

  // The guard polls instead of being told. Nothing depends on a signal or a socket that reaches it,
  // and the tests run the same code on their clock.
  GuardEnd go() {
    while (true) {
      const GuardAction duty = look();
      if (duty.what == GuardAction::Do::Leave) return GuardEnd::Left;
      if (!is_on_duty()) {
        host_.clock().sleep(kWhileWaiting);
        continue;
      }
      hooks_.keep_second();
      if (duty.what == GuardAction::Do::Wait) {
        pause();
      } else if (undo(duty.because)) {
        return GuardEnd::Undone;
      }
    }
  }

 private:
  milliseconds now() const { return host_.clock().since_boot(); }

  // Takes over the record on disk if it is of this run and boot; any other one is ignored.
  GuardAction look() {
    const auto record = load_record(store_, known_.boot_id);
    if (record && *record && (*record)->run == known_.run) known_ = **record;
    if (!is_decided(known_)) keep_journal();
    return next_action(known_, now(), is_running(host_.files(), known_.writer));
  }

  // Keeps a copy of the journal in memory. While a run waits nothing changes it, so it is read
  // once.
  // The copy is for a journal that is lost later, so a damaged one never replaces it.
  void keep_journal() {
    if (kept_ && kept_in_ == known_.stage && known_.stage == Stage::Waiting) return;
    auto journal = Journal::load(store_, known_.boot_id, collect_identity(host_).net_namespace);
    if (!journal || !journal->usable()) return;
    const auto& runs = journal->runs();
    if (std::ranges::none_of(runs, [&](const auto& run) { return run.info.id == known_.run; }))
      return;
    kept_ = std::move(*journal);
    kept_in_ = known_.stage;
  }

  // Whether this process is the active guard: the guard in the record is, unless it is gone or has
  // been stopped for kStoppedFor.
  // A stopped guard is as bad as none, but a debugger or job control may continue it soon. It is
  // killed before this process takes its place: two active guards would both roll back.
  bool is_on_duty() {
    if (known_.guard == me_) return true;
    if (is_running(host_.files(), known_.guard)) {
      const bool stopped = is_stopped(host_.files(), known_.guard);
      const auto time = guard_before_.see(known_.guard, stopped, now());
      if (!stopped || time < kStoppedFor) return false;
      hooks_.kill(known_.guard);
    }
    if (replaced_ != known_.guard) {
      hooks_.log(fmt::format("the guard of run {} (pid {}) is gone: pid {} takes over", known_.run,
                             known_.guard.pid, me_.pid));
    }
    replaced_ = std::exchange(known_.guard, me_);
    // If this write fails, this process guards all the same; another one may do so too.
    static_cast<void>(save_pending(store_, known_).has_value());
    return true;
  }

  void pause() const {
    const milliseconds longest = known_.stage == Stage::Waiting ? kWhileWaiting : kWhileApplying;
    host_.clock().sleep(std::clamp(known_.deadline - now(), milliseconds(10), longest));
  }

  // True: the run is undone. False: the state has changed; evaluate it again.
  // The record is read again under the lock: a confirmation that won the lock is a decision, and
  // the run is kept.
  bool undo(const std::string& because) {
    seconds retry_pause = kFirstPause;
    for (int tries = 1;; ++tries) {
      auto lock = store_.lock(kLockWait);
      if (!lock) handle_lock_holder(lock.error());
      if (look().what != GuardAction::Do::Undo || !is_on_duty()) return false;
      // Waiting for the lock is no failed try. The history must not say that the rollback failed.
      if (!lock) {
        --tries;
        continue;
      }
      const auto answer = roll_back(because);
      if (!answer.failure) {
        if (!answer.told.empty()) hooks_.log(answer.told);
        return true;
      }
      // Without the lock during the pause, so that a person's rollback can run.
      lock->reset();
      report_failure(because, *answer.failure, tries);
      hooks_.keep_second();
      host_.clock().sleep(retry_pause);
      retry_pause = std::min(retry_pause * 2, kLongestPause);
    }
  }

  UndoneRun roll_back(const std::string& because) {
    const UnconfirmedRun run{.pending = known_,
                             .verb = "guard",
                             .because = because,
                             .by = {},
                             .kept = kept_ ? &*kept_ : nullptr};
    return undo_unconfirmed(host_, store_, knobs_, run, undone_);
  }

  // Kills the process that holds the lock if it hangs, as GuardHooks::kill says. The kernel reports
  // which process that is. Other programs are never killed.
  // A process that is stopped while it holds the lock (Ctrl-Z in a session that was cut off) would
  // otherwise hold back the rollback for ever. Another program that holds the file is named in the
  // log; what it does is unknown, so it is left alone.
  void handle_lock_holder(const Error& error) {
    const auto file = host_.files().identity(kLockPath);
    const auto holder = file ? lock_holder(host_.files(), *file) : std::nullopt;
    if (holder && holder->process != me_) {
      const auto time = holder_.see(holder->process, holder->stopped, now());
      const bool own = holder->name == "ktls-tuner";
      const bool hangs = holder->process == known_.writer ||
                         (own && holder->stopped && time >= kStoppedFor) ||
                         (own && time >= kHolderLimit);
      if (hangs && now() >= known_.deadline) {
        hooks_.log(fmt::format("{} holds the lock and blocks the rollback of run {}: it is killed",
                               holder_text(*holder), known_.run));
        hooks_.kill(holder->process);
      }
    }
    if (!holder_logged_ || now() - *holder_logged_ >= kHolderLogInterval) {
      hooks_.log(
          fmt::format("the rollback of run {} waits for the lock: {}", known_.run, error.text));
      holder_logged_ = now();
    }
    hooks_.keep_second();
    host_.clock().sleep(kWhileApplying);
  }

  // Logs the first failures and each new one. After kTriesBeforeHistory the history gets an entry.
  void report_failure(const std::string& because, const Error& error, int tries) {
    if (tries <= kTriesBeforeHistory || error.text != last_failure_)
      hooks_.log(
          fmt::format("the rollback of run {} failed and is retried: {}", known_.run, error.text));
    last_failure_ = error.text;
    if (tries != kTriesBeforeHistory) return;
    const RunInfo info{.id = known_.run,
                       .boot_id = known_.boot_id,
                       .profile = known_.profile,
                       .at = rfc3339(host_.clock().now()),
                       .by = "guard"};
    const auto kept = append_history(
        store_,
        {.run = info,
         .verb = "guard",
         .end = "failed",
         .because = fmt::format("{}, and could not be rolled back so far: {}", because, error.text),
         .changes = undone_});
    hooks_.log(
        fmt::format("run {} of profile {} is still in effect: {}{}", info.id, info.profile, because,
                    kept ? "" : " (the history was not written: " + kept.error().text + ")"));
  }

  Host& host_;
  StateStore& store_;
  std::span<const Knob> knobs_;
  const GuardHooks& hooks_;
  PendingConfirm known_;
  ProcessIdentity me_;
  std::optional<Journal> kept_;  // copy of the journal, in case its files are removed
  Stage kept_in_ = Stage::Starting;
  SeenProcess guard_before_, holder_;
  ProcessIdentity replaced_;  // the guard that this process replaced; the record may still name it
  std::optional<milliseconds> holder_logged_;
  std::string last_failure_;
  std::vector<HistoryChange> undone_;
};

}  // namespace

// Pure, so each case is a row of a test. The order matters: a decided record outweighs every clock,
// and in the stage Starting nothing was written, whatever the time.
GuardAction next_action(const PendingConfirm& record, milliseconds now, bool writer_runs) {
  if (is_decided(record)) return {};
  const std::string within = duration_text(record.within);
  if (record.stage == Stage::Starting)
    return writer_runs ? GuardAction{.what = GuardAction::Do::Wait, .because = {}}
                       : GuardAction{.what = GuardAction::Do::Undo,
                                     .because = "apply ended before its first write"};
  if (record.stage == Stage::Applying && !writer_runs)
    return {.what = GuardAction::Do::Undo, .because = "apply died before it finished"};
  if (now < record.deadline) return {.what = GuardAction::Do::Wait, .because = {}};
  return {.what = GuardAction::Do::Undo,
          .because = record.stage == Stage::Waiting
                         ? fmt::format("not confirmed within {}", within)
                         : fmt::format("apply did not finish within {}", within)};
}

GuardEnd run_guard(Host& host, StateStore& store, std::span<const Knob> knobs,
                   const PendingConfirm& record, const ProcessIdentity& me,
                   const GuardHooks& hooks) {
  return Guard(host, store, knobs, record, me, hooks).go();
}

}  // namespace tuner
