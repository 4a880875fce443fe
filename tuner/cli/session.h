// What plan, apply, check and tune have in common before they differ: which profile, this boot's
// journal.
#pragma once

#include "cli/verb.h"
#include "engine/journal.h"
#include "engine/plan.h"
#include "model/profile.h"
#include "profile/copy.h"
#include "profile/find_profile.h"

#include <optional>
#include <string>

namespace tuner {

struct Session {
  HostIdentity identity;
  Profile profile;
  std::string path;                 // where the profile was read from, or its approved copy was
  ProfileCopy copy;                 // what it was read from, to be approved
  bool from_copy = false;           // the approved copy is what was read
  std::string source_changed = {};  // the source is no longer what was approved; empty: it is
  std::string chosen;  // why this profile: "asked for", "active since …", "recommended: …"
  std::vector<std::string>
      notes;  // "edited since it was applied", what the profile's reader warns of
  Journal journal;
  PlanOptions options;
  bool persist_when_confirmed = false;  // asked for, but only a run that is kept may outlast a boot
};

// A reading verb falls back to the recommended profile and says so; a writing verb without a
// profile answers 64 and names it. Profile errors: 78, with all diagnostics.
struct OpenedSession {
  std::optional<Session> session;
  Answer answer;  // when there is no session
};
//
// Unattended runs (--if-active, --repair) without --profile, and `confirm`, read only the approved
// copy of the active profile (engine/approved.h).
enum class ProfileFrom { Options, ApprovedCopy };
OpenedSession open_session(const Context& context, bool writing,
                           ProfileFrom from = ProfileFrom::Options);

// What is left to do of a run that was to be persisted when it is confirmed: that alone.
void persist_now(Session& session);

PlanInput plan_input(const Session& session);

// Fault::NotPermitted, naming the capabilities, when this process lacks one that the plan's changes
// need.
Outcome may_write(const Host& host, const Plan& plan);
// The same for what a rollback of this journal restores.
Outcome may_restore(const Host& host, const Journal& journal);

}  // namespace tuner
