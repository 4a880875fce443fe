// What plan, check, apply and tune share of the command line: the rows of their options, and the
// requests that are made of them.
#pragma once

#include "cli/request/option.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

// --only, --skip, --nic, --wait-link, --if-active
std::vector<OptionRow> selection_options();
// and --max-disruption, --force, --persist, --runtime-only
std::vector<OptionRow> planning_options();
// and --on-failure, --confirm-within, --wait
std::vector<OptionRow> writing_options();

// Whether boots set the profile. AsBefore: if they set it already.
enum class Persistence { AsBefore, Persist, RuntimeOnly };

// Which settings of which profile, and how far a change of them may go. The defaults are those of a
// verb that takes none of these options.
struct SessionRequest {
  std::vector<std::string> only;  // families; empty: all
  std::vector<std::string> skip;
  std::vector<std::string> nics;  // names; empty: all
  std::chrono::seconds wait_link{0};
  bool if_active = false;      // if no profile is active, there is nothing to do
  bool silent = false;         // and no note about that
  bool approved_copy = false;  // of the active profile, the approved copy alone
  Persistence persistence = Persistence::AsBefore;
  Disruption max_disruption = Disruption::NewConnections;
  std::vector<AcceptedRisk> accepted_risks = {};
  bool force = false;
  std::optional<std::chrono::seconds> confirm_within;

  bool is_whole() const { return only.empty() && skip.empty() && nics.empty(); }
};
// Fault::Invalid: a family has no such name, or options contradict each other.
Result<SessionRequest> session_request(const Options& options);

struct WriteRequest {
  OnFailure on_failure = OnFailure::Rollback;
  std::chrono::seconds lock_wait{0};  // for another run's lock
  bool unattended = false;            // no person waits for the result
  bool without_missing = false;       // as in ApplyOptions
};
WriteRequest write_request(const Options& options);

// --timeout with --wait, otherwise zero.
std::chrono::seconds lock_wait(const Options& options);

// Of apply and tune.
struct ApplyRequest {
  SessionRequest session;
  WriteRequest write;
  bool boot = false;  // count this attempt
  bool restart_services = false;
};
Result<ApplyRequest> apply_request(const Options& options);

}  // namespace tuner
