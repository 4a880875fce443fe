// The common start of plan, apply, check, tune and probe: chooses and reads the profile (with
// SessionRequest::approved_copy engine/approved.h), and loads this boot's journal.
#pragma once

#include "cli/request/verb.h"
#include "cli/steps/requests.h"
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
  std::string path;                 // source file of the profile, also if the copy was read
  ProfileCopy copy;                 // the text that was read; apply approves it
  bool from_copy = false;           // the approved copy was read, not the source
  std::string source_changed = {};  // how the source differs from the copy; empty: it does not
  std::string chosen;  // why this profile: "asked for", "active since …", "recommended: …"
  // "edited since it was applied", warnings of the profile's reader.
  std::vector<std::string> notes;
  Journal journal;
  PlanOptions options;
  // --persist with --confirm-within: persisted by `confirm`, because only a run that is kept may
  // survive a reboot.
  bool persist_when_confirmed = false;
};

// A verb that reads falls back to the recommended profile and says so. A verb that writes fails
// without a profile: exit code 64, naming the recommended one. An invalid profile: exit code 78,
// with all diagnostics.
struct OpenedSession {
  std::optional<Session> session;
  Answer answer;  // if there is no session
};

OpenedSession open_session(const Context& context, const SessionRequest& request, bool writing);

// Reduces the session to its last step, the family "persist", for a run whose settings are kept.
void persist_now(Session& session);

PlanInput plan_input(const Session& session);

// Fault::NotPermitted, naming the capabilities, if this process lacks one that the changes of the
// plan need.
Outcome may_write(const Host& host, const Plan& plan);
// The same for the settings that a rollback of this journal restores.
Outcome may_restore(const Host& host, const Journal& journal);

}  // namespace tuner
