// The document of status: what was applied in this boot, and what stands.
#pragma once

#include "document/facts.h"
#include "document/plan.h"
#include "engine/journal.h"

namespace tuner::document {

struct Run {
  std::string run;
  std::string profile;
  std::string path;
  std::string digest;
  std::string at;
  std::string by;
  std::vector<AcceptedRisk> accepted_risks;
};

void run_keys(auto& keys, auto& run) {
  keys.key({"run", {}, kNotEmpty}, run.run);
  keys.key({"profile"}, run.profile);
  keys.key({"path"}, run.path);
  keys.key({"digest"}, run.digest);
  keys.key({"at", {}, kTime}, run.at);
  keys.key({"by"}, run.by);
  keys.key({"accepted_risks", "The risks for programs that it was allowed (--accept-risk)", kLater},
           run.accepted_risks);
}

void describe(auto& keys, Exactly<Run> auto& run) {
  keys.object("run", "A run of apply, tune, check --repair or confirm");
  run_keys(keys, run);
}

struct Change {
  std::string knob;
  std::string subject;
  std::string from;
  std::string to;
};

void describe(auto& keys, Exactly<Change> auto& change) {
  keys.object("change", "");
  keys.key({"knob", {}, kFamily}, change.knob);
  keys.key({"subject"}, change.subject);
  keys.key({"from"}, change.from);
  keys.key({"to"}, change.to);
}

inline constexpr std::array<std::string_view, 6> kRunVerbs{"apply",   "check", "tune",
                                                           "confirm", "guard", "rollback"};
inline constexpr std::array<std::string_view, 5> kRunEnds{"applied", "refused", "failed",
                                                          "rolled-back", "confirmed"};

struct PastRun : Run {
  std::string verb;
  std::string end;
  std::string because;
  std::string boot_id;
  std::vector<Change> changes;
};

void describe(auto& keys, Exactly<PastRun> auto& run) {
  keys.object("past_run", "A run of the history");
  run_keys(keys, run);
  keys.key({"verb",
            "check: re-applied by --repair; guard: undone because it was not confirmed",
            {.words = kRunVerbs}},
           run.verb);
  keys.key({"end", {}, {.words = kRunEnds}}, run.end);
  keys.key({"because", "The reason for the end; may be empty"}, run.because);
  keys.key({"boot_id"}, run.boot_id);
  keys.key({"changes"}, run.changes);
}

struct Original {
  std::string knob;
  std::string subject;
  std::string key;
  std::string original;
  std::string written;
  bool dangling = false;
  bool preserved = false;
};

void describe(auto& keys, Exactly<Original> auto& original) {
  keys.object("original", "A setting that rollback would restore; values as text");
  keys.key({"knob", {}, kFamily}, original.knob);
  keys.key({"subject"}, original.subject);
  keys.key({"key"}, original.key);
  keys.key({"original"}, original.original);
  keys.key({"written"}, original.written);
  keys.key({"dangling", "A run ended while it wrote this setting"}, original.dangling);
  keys.key({"preserved",
            "Not written by a profile: recorded because a change of the NIC's queues "
            "resets it",
            kLater},
           original.preserved);
}

struct LastCheck {
  UtcTime at;
  int exit_code = 0;
};

void describe(auto& keys, Exactly<LastCheck> auto& check) {
  keys.object("last_check", "");
  keys.key({"at"}, check.at);
  keys.key({"exit_code"}, check.exit_code);
}

struct LastProbe {
  UtcTime at;
  std::string verdict;
};

void describe(auto& keys, Exactly<LastProbe> auto& probe) {
  keys.object("last_probe", "");
  keys.key({"at"}, probe.at);
  keys.key({"verdict", {}, kNotEmpty}, probe.verdict);
}

struct Status {
  std::optional<Run> active;
  std::optional<Run> persisted;
  std::optional<std::vector<Original>> originals;
  std::optional<PastRun> last;
  std::string tls;
  std::optional<Counters> tls_stat;
  std::optional<std::string> journal;
  std::optional<LastCheck> last_check;
  std::optional<LastProbe> last_probe;
  std::optional<ProgramsAtRisk> programs;
  Texts services_behind;
  Texts notes;
  std::optional<std::string> unattended_skip;
  std::optional<Pending> pending_confirm;
  std::optional<std::vector<PastRun>> history;
};

void describe(auto& keys, Exactly<Status> auto& status) {
  keys.object("status", "What was applied in this boot");
  keys.key({"active"}, status.active);
  keys.key({"persisted", "The run whose profile the next boot applies; null: none"},
           status.persisted);
  keys.key(
      {"originals",
       "The settings that rollback would restore; null: the journal is not readable, see notes"},
      status.originals);
  keys.key({"last"}, status.last);
  keys.key({"tls", {}, kModuleState}, status.tls);
  keys.key({"tls_stat"}, status.tls_stat);
  keys.key(
      {"journal",
       "The journal of this boot. none: nothing was written; whole: every line is verified and "
       "the last run is complete; unfinished: a run was killed; legacy: from an older release, "
       "usable but not verified; damaged: only the lines before the damage are known, see "
       "errors; null: not readable",
       {.words = words_of<JournalState>()}},
      status.journal);
  keys.key({"last_check", "The last check of the drift job; null: none recorded"},
           status.last_check);
  keys.key({"last_probe", "The last probe by probe or tune as root; null: none recorded"},
           status.last_probe);
  keys.key({"programs",
            "Of the last drift job; null: none has looked in this boot, or its record could not be "
            "read (see errors)",
            kLater},
           status.programs);
  keys.key({"services_behind",
            "Units that run without the drop-ins that were written for them, until they are "
            "restarted",
            kLater},
           status.services_behind);
  keys.key({"notes"}, status.notes);
  keys.key({"unattended_skip", "Why unattended runs are skipped in this boot; null: they are not"},
           status.unattended_skip);
  keys.key({"pending_confirm"}, status.pending_confirm);
  keys.maybe({"history", "Only with --history; oldest first"}, status.history);
}

}  // namespace tuner::document
