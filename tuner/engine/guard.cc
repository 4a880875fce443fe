#include "engine/guard.h"

#include "base/duration.h"
#include "base/rfc3339.h"
#include "engine/history.h"
#include "engine/rollback.h"
#include "host/collect_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Stage = PendingConfirm::Stage;

constexpr milliseconds kWhileApplying{100};
constexpr milliseconds kWhileWaiting{1000};
constexpr seconds kLockWait{1};
constexpr seconds kLockLimit{600};
constexpr int kRollbackTries = 5;
constexpr seconds kFirstPause{1};  // twice as long after each failure

// The steps that a further try may still put right. What somebody else changed since is his.
const Step* first_failed(const std::vector<Step>& steps) {
  const auto failed = std::ranges::find_if(steps, [](const Step& step) {
    return step.status == Status::Failed || step.status == Status::Unreadable ||
           step.status == Status::NoSubject;
  });
  return failed == steps.end() ? nullptr : &*failed;
}

// What a rollback does not touch, for the history: nobody reads the guard's words as it goes.
std::string left_text(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) {
    if (step.status == Status::Blocked)
      text += fmt::format("; {} {} was left, somebody else changed it", step.wish.subject.knob,
                          step.wish.subject.name);
  }
  return text;
}

class Guard {
 public:
  Guard(Host& host, StateStore& store, std::span<const Knob> knobs, const PendingConfirm& announced,
        const GuardHooks& hooks)
      : host_(host),
        store_(store),
        knobs_(knobs),
        hooks_(hooks),
        known_(announced),
        me_(announced.guard) {}

  GuardEnd go() {
    while (true) {
      const Duty duty = look();
      if (duty.what == Duty::Do::Leave) return GuardEnd::Left;
      if (duty.what == Duty::Do::Wait) {
        pause();
      } else if (const auto end = undo(duty.because)) {
        return *end;
      }
    }
  }

 private:
  milliseconds now() const { return host_.clock().since_boot(); }

  Duty look() {
    // A file that cannot be read for once changes nothing of what is known.
    if (auto pending = load_pending(store_, known_->boot_id)) known_ = std::move(*pending);
    return duty_of(known_, me_, now(), known_ && is_running(host_.files(), known_->writer));
  }

  void pause() const {
    const milliseconds longest = known_->stage == Stage::Waiting ? kWhileWaiting : kWhileApplying;
    host_.clock().sleep(std::clamp(known_->deadline - now(), milliseconds(10), longest));
  }

  // Nothing: the matter stands differently now that the lock is held; look again.
  std::optional<GuardEnd> undo(const std::string& because) {
    const milliseconds limit = now() + kLockLimit;
    seconds rest = kFirstPause;
    for (int tries = 0; tries < kRollbackTries;) {
      auto lock = store_.lock(kLockWait);
      if (!lock && now() >= limit) return give_up(because, lock.error());
      if (!lock) {
        free_lock();
        continue;
      }
      if (look().what != Duty::Do::Undo) return std::nullopt;
      const auto failure = roll_back(because);
      if (!failure) return GuardEnd::Undone;
      if (++tries == kRollbackTries) return give_up(because, *failure);
      lock->reset();
      hooks_.log(fmt::format("taking run {} back failed, and is tried again: {}", known_->run,
                             failure->text));
      host_.clock().sleep(rest);
      rest *= 2;
    }
    return std::nullopt;
  }

  // Whoever has the lock will let go of it, but for an apply that hangs.
  void free_lock() {
    const Duty duty = look();
    const bool hangs = known_ && known_->stage != Stage::Waiting && now() >= known_->deadline;
    if (duty.what == Duty::Do::Undo && hangs && is_running(host_.files(), known_->writer))
      hooks_.kill(known_->writer);
    host_.clock().sleep(kWhileApplying);
  }

  // No exception ends a guard: what it guards stands until it is undone.
  std::optional<Error> roll_back(const std::string& because) {
    try {
      return undo_run(because);
    } catch (const std::exception& error) {
      return Error{.fault = Fault::Internal, .text = error.what(), .hint = {}};
    }
  }

  // With the lock. Nothing: it is undone, and nothing is pending any more.
  std::optional<Error> undo_run(const std::string& because) {
    auto journal = Journal::load(store_, known_->boot_id, collect_identity(host_).net_namespace);
    if (!journal) return journal.error();
    const auto run = std::ranges::find(journal->runs(), known_->run,
                                       [](const Journal::Run& each) { return each.info.id; });
    if (run == journal->runs().end()) {
      if (journal->damage()) return journal->damage();
      return forget();  // apply died before it wrote anything
    }
    const RunInfo info = run->info;
    const auto report = rollback(host_, store_, *journal, knobs_, {.run = known_->run});
    if (!report) return report.error();
    if (report->journal_error) return report->journal_error;
    const auto changes = changes_of(report->steps);
    undone_.insert(undone_.end(), changes.begin(), changes.end());
    if (const Step* step = first_failed(report->steps)) {
      return Error{.fault = Fault::Io,
                   .text = fmt::format("{} {}: {}", step->wish.subject.knob,
                                       step->wish.subject.name, step->because),
                   .hint = {}};
    }
    if (!report->not_known.empty())
      return Error{.fault = Fault::Io, .text = report->not_known.front(), .hint = {}};
    if (auto forgotten = forget()) return forgotten;
    tell(info, "rolled-back", because + left_text(report->steps));
    return std::nullopt;
  }

  std::optional<Error> forget() {
    if (auto forgotten = forget_pending(store_); !forgotten) return forgotten.error();
    return std::nullopt;
  }

  GuardEnd give_up(const std::string& because, const Error& error) {
    RunInfo info{.id = known_->run, .boot_id = known_->boot_id, .profile = known_->profile};
    tell(info, "failed", fmt::format("{}, and could not be taken back: {}", because, error.text));
    return GuardEnd::GaveUp;
  }

  void tell(RunInfo info, std::string_view end, const std::string& because) {
    info.at = rfc3339(host_.clock().now());
    if (info.by.empty()) info.by = "guard";
    const HistoryEntry entry{.run = info,
                             .verb = "guard",
                             .end = std::string(end),
                             .because = because,
                             .changes = undone_};
    const auto kept = remember(store_, entry);
    hooks_.log(
        fmt::format("run {} of profile {} {}: {}{}", info.id, info.profile,
                    end == "failed" ? "still stands" : "was rolled back", because,
                    kept ? "" : " (the history was not written: " + kept.error().text + ")"));
  }

  Host& host_;
  StateStore& store_;
  std::span<const Knob> knobs_;
  const GuardHooks& hooks_;
  std::optional<PendingConfirm> known_;
  ProcessIdentity me_;
  std::vector<HistoryChange> undone_;
};

}  // namespace

Duty duty_of(const std::optional<PendingConfirm>& pending, const ProcessIdentity& guard,
             milliseconds now, bool writer_runs) {
  if (!pending || pending->guard != guard) return {};
  const std::string within = duration_text(pending->within);
  if (pending->stage == Stage::Starting)
    return writer_runs
               ? Duty{.what = Duty::Do::Wait, .because = {}}
               : Duty{.what = Duty::Do::Undo, .because = "apply ended before its first write"};
  if (pending->stage == Stage::Applying && !writer_runs)
    return {.what = Duty::Do::Undo, .because = "apply died before it came to its end"};
  if (now < pending->deadline) return {.what = Duty::Do::Wait, .because = {}};
  return {.what = Duty::Do::Undo,
          .because = pending->stage == Stage::Waiting
                         ? fmt::format("not confirmed within {}", within)
                         : fmt::format("apply did not come to its end within {}", within)};
}

GuardEnd stand_guard(Host& host, StateStore& store, std::span<const Knob> knobs,
                     const PendingConfirm& announced, const GuardHooks& hooks) {
  return Guard(host, store, knobs, announced, hooks).go();
}

}  // namespace tuner
