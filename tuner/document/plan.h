// Documents about settings: of plan, check, apply, confirm and rollback.
#pragma once

#include "base/rfc3339.h"
#include "document/common.h"
#include "document/job_scan.h"
#include "engine/confirm.h"
#include "model/plan.h"

namespace tuner::document {

// When recorded checks saw a state for the first and the last time.
struct Seen {
  UtcTime first;
  UtcTime last;
};

void describe(auto& keys, Exactly<Seen> auto& seen) {
  keys.object("seen", "");
  keys.key({"first_seen"}, seen.first);
  keys.key({"last_seen"}, seen.last);
}

// One setting of one subject.
struct Step {
  std::string knob;
  std::string subject;
  std::string key;
  tuner::Goal goal;
  Value observed;
  std::optional<Value> persisted;
  tuner::Status status = tuner::Status::InSync;
  Need need = Need::Required;
  std::string because;
  std::optional<std::string> cause;
  std::optional<std::string> cause_code;
  std::string why;
  std::string hint;
  std::optional<Place> origin;
  std::string disruption;
  std::optional<std::string> owner;
  bool restores = false;
  std::optional<bool> puts_back;
  std::optional<Value> target;
  std::optional<Value> in_effect;
  std::optional<Seen> drift;
  std::optional<Seen> missing;
  std::optional<std::string> detail;
};

inline constexpr std::array kWithTarget{word_of(tuner::Status::Change),
                                        word_of(tuner::Status::Done)};

void describe(auto& keys, Exactly<Step> auto& step) {
  keys.object("step", "One setting of one subject");
  keys.key({"knob", "The setting family", kFamily}, step.knob);
  keys.key({"subject", "The name for people: net.core.rmem_max, eth0/rx-3, policy0", kNotEmpty},
           step.subject);
  keys.key({"key", "The name for machines: stable across renames and renumbering", kNotEmpty},
           step.key);
  keys.key({"goal"}, step.goal);
  keys.key({"observed"}, step.observed);
  keys.key({"persisted", "The value that the next boot sets; null: none"}, step.persisted);
  keys.key({"status"}, step.status);
  keys.key({"need"}, step.need);
  keys.key({"because", "The reason for the status, in one sentence"}, step.because);
  keys.key({"cause", "The cause of the drift, in one sentence; null: no drift, or not known"},
           step.cause);
  keys.key({"cause_code",
            "The cause of the drift, for machines (docs/staying.md). unknown: no known cause, and "
            "`cause` lists what was examined; null: no drift, or no profile was applied",
            {.words = words_of<CauseCode>(), .later = true}},
           step.cause_code);
  keys.key({"why", "The reason given in the profile"}, step.why);
  keys.key({"hint", "The next step, or empty"}, step.hint);
  keys.key({"origin", "The position in the profile; null: not from a profile"}, step.origin);
  keys.key({"disruption", {}, {.words = words_of<Disruption>()}}, step.disruption);
  keys.key({"owner", "Other owners of the setting; null: none is known"}, step.owner);
  keys.key({"restores",
            "The goal is the original value: an earlier profile set it and this one "
            "does not, or it was lost with a NIC's queues"},
           step.restores);
  keys.maybe({"puts_back",
              "Only true: a write of this apply reset the value, and it was restored, "
              "which is no change of the host"},
             step.puts_back);
  keys.maybe(
      {"target", "The value to write, or that was written", {.only_when = {"status", kWithTarget}}},
      step.target);
  keys.maybe({"in_effect",
              "The value in effect, if it differs from `observed`, the configured one. "
              "Both must meet the goal"},
             step.in_effect);
  keys.maybe(
      {"drift", "When recorded checks found it drifted; absent: no check has recorded a drift"},
      step.drift);
  keys.maybe({"missing",
              "With status no_subject: when recorded checks found nothing to set; absent: "
              "no check has recorded it"},
             step.missing);
  keys.maybe({"detail", "The full reason for the goal: IRQ 47 (MSI 3, eth0-rxtx-3) to CPU 12: …",
              kNotEmpty},
             step.detail);
}

// The number of steps by status.
struct Summary {
  unsigned in_sync = 0;
  unsigned change = 0;
  unsigned done = 0;
  unsigned unsupported = 0;
  unsigned no_subject = 0;
  unsigned unreadable = 0;
  unsigned blocked = 0;
  unsigned deferred = 0;
  unsigned failed = 0;
};

void describe(auto& keys, Exactly<Summary> auto& summary) {
  keys.object("summary", "The number of steps by status");
  keys.key({"in_sync"}, summary.in_sync);
  keys.key({"change"}, summary.change);
  keys.key({"done"}, summary.done);
  keys.key({"unsupported"}, summary.unsupported);
  keys.key({"no_subject",
            "Settings without a subject: the machine has no such NIC, driver, node or "
            "queue",
            kLater},
           summary.no_subject);
  keys.key({"unreadable"}, summary.unreadable);
  keys.key({"blocked"}, summary.blocked);
  keys.key({"deferred"}, summary.deferred);
  keys.key({"failed"}, summary.failed);
}

struct Plan {
  ProfileId profile;
  std::vector<Step> steps;
  Summary summary;
  Texts notes;
};

void plan_keys(auto& keys, auto& plan) {
  keys.key({"profile"}, plan.profile);
  keys.key({"steps", "In the order of execution"}, plan.steps);
  keys.key({"summary"}, plan.summary);
  keys.key({"notes"}, plan.notes);
}

void describe(auto& keys, Exactly<Plan> auto& plan) {
  keys.object("plan", "Every setting of the profile, as it is and as it is wanted");
  plan_keys(keys, plan);
}

struct Check : Plan {
  std::optional<std::vector<Step>> repaired;
  std::optional<ProgramsAtRisk> programs;
  std::optional<Sessions> sessions;
};

void describe(auto& keys, Exactly<Check> auto& check) {
  keys.object("check", "The plan of a check");
  plan_keys(keys, check);
  keys.maybe({"repaired",
              "With --repair: the settings that were re-applied or could not be; `steps` "
              "is the state afterwards"},
             check.repaired);
  keys.key(
      {"programs",
       "Of this drift job, otherwise of the last one; null: none has looked in this boot", kLater},
      check.programs);
  keys.key({"sessions", "Only of a drift job on a kernel that has TLS", kLater}, check.sessions);
}

// The unconfirmed run of apply --confirm-within.
struct Pending {
  std::string run;
  std::string profile;
  std::string state;
  std::int64_t within_s = 0;
  std::int64_t seconds_left = 0;
  std::int64_t guard_pid = 0;
};

void describe(auto& keys, Exactly<Pending> auto& pending) {
  keys.object("pending_confirm", "The unconfirmed run of apply --confirm-within");
  keys.key({"run", {}, kNotEmpty}, pending.run);
  keys.key({"profile"}, pending.profile);
  keys.key(
      {"state",
       "waiting: for ktls-tuner confirm; undoing: too late to confirm; unguarded: its guards are "
       "gone, but there is time left to confirm; overdue: the time is up and its guards are "
       "gone, so the next start that may write undoes it; stale: nothing was written",
       {.words = words_of<PendingState>()}},
      pending.state);
  keys.key({"within_s"}, pending.within_s);
  keys.key({"seconds_left"}, pending.seconds_left);
  keys.key({"guard_pid"}, pending.guard_pid);
}

struct Apply : Plan {
  std::vector<Step> undone;
  std::optional<Pending> pending_confirm;
};

void describe(auto& keys, Exactly<Apply> auto& apply) {
  keys.object("apply", "What was written, as the plan made again");
  plan_keys(keys, apply);
  keys.key({"undone", "The steps of the rollback if the run failed"}, apply.undone);
  keys.key({"pending_confirm", "null: none"}, apply.pending_confirm);
}

struct Confirm {
  std::string run;
  std::string profile;
  std::int64_t seconds_left = 0;
  std::optional<std::vector<Step>> steps;
};

void describe(auto& keys, Exactly<Confirm> auto& confirm) {
  keys.object("confirm", "The confirmed run, and the time that was left");
  keys.key({"run", {}, kNotEmpty}, confirm.run);
  keys.key({"profile"}, confirm.profile);
  keys.key({"seconds_left"}, confirm.seconds_left);
  keys.maybe({"steps", "With --persist: the steps that were persisted"}, confirm.steps);
}

struct Rollback {
  std::vector<Step> steps;
  Summary summary;
  std::optional<std::string> set_aside;
};

void describe(auto& keys, Exactly<Rollback> auto& rollback) {
  keys.object("rollback", "The settings that were restored");
  keys.key({"steps"}, rollback.steps);
  keys.key({"summary"}, rollback.summary);
  keys.maybe({"set_aside", "With --salvage: where the damaged journal is now", kNotEmpty},
             rollback.set_aside);
}

}  // namespace tuner::document
