#include "model/plan.h"

#include <algorithm>

namespace tuner {

std::string_view disruption_name(Disruption disruption) {
  switch (disruption) {
    case Disruption::None: return "none";
    case Disruption::NewConnections: return "new-connections";
    case Disruption::ChannelReopen: return "channel-reopen";
    case Disruption::LinkFlap: return "link-flap";
  }
  return "none";
}

Disruption disruption_from(std::string_view name) {
  // An unknown word of another version's document becomes the default limit, which permits no
  // interruption.
  for (const auto each : {Disruption::None, Disruption::ChannelReopen, Disruption::LinkFlap}) {
    if (disruption_name(each) == name) return each;
  }
  return Disruption::NewConnections;
}

std::string_view status_name(Status status) {
  switch (status) {
    case Status::InSync: return "in_sync";
    case Status::Change: return "change";
    case Status::Done: return "done";
    case Status::Unsupported: return "unsupported";
    case Status::NoSubject: return "no_subject";
    case Status::Unreadable: return "unreadable";
    case Status::Blocked: return "blocked";
    case Status::Deferred: return "deferred";
    case Status::Failed: return "failed";
  }
  return "failed";
}

std::string status_words(Status status) {
  std::string words(status_name(status));
  std::ranges::replace(words, '_', ' ');
  return words;
}

bool is_unavailable(Status status) {
  return status == Status::Unsupported || status == Status::NoSubject || status == Status::Blocked;
}

// A preferred setting that this host cannot have is no problem; one that failed or could not be
// read is.
bool is_problem(Status status, Need need) {
  return status != Status::InSync && !(is_unavailable(status) && need == Need::Preferred);
}

// Both the request and what is in effect: a NIC feature may be requested and dropped.
bool is_met(const Observation& observed, const Goal& goal) {
  return observed.availability == Observation::Availability::Available &&
         meets(observed.value, goal) && (!observed.in_effect || meets(*observed.in_effect, goal));
}

Summary summarize(const std::vector<Step>& steps) {
  Summary summary;
  for (const Step& step : steps) {
    switch (step.status) {
      case Status::InSync: ++summary.in_sync; break;
      case Status::Change: ++summary.change; break;
      case Status::Done: ++summary.done; break;
      case Status::Unsupported: ++summary.unsupported; break;
      case Status::NoSubject: ++summary.no_subject; break;
      case Status::Unreadable: ++summary.unreadable; break;
      case Status::Blocked: ++summary.blocked; break;
      case Status::Deferred: ++summary.deferred; break;
      case Status::Failed: ++summary.failed; break;
    }
  }
  return summary;
}

std::string_view cause_code_name(CauseCode code) {
  switch (code) {
    case CauseCode::None: return "";
    case CauseCode::Reboot: return "reboot";
    case CauseCode::RunStopped: return "run_stopped";
    case CauseCode::LeftOut: return "left_out";
    case CauseCode::NicNew: return "nic_new";
    case CauseCode::DriverReloaded: return "driver_reloaded";
    case CauseCode::QueuesChanged: return "queues_changed";
    case CauseCode::Remade: return "remade";
    case CauseCode::GoalChanged: return "goal_changed";
    case CauseCode::CpusChanged: return "cpus_changed";
    case CauseCode::CpuHotplug: return "cpu_hotplug";
    case CauseCode::ModuleHolder: return "module_holder";
    case CauseCode::Owner: return "owner";
    case CauseCode::NicRenamed: return "nic_renamed";
    case CauseCode::LinkChanged: return "link_changed";
    case CauseCode::OtherNamespace: return "other_namespace";
    case CauseCode::Unknown: return "unknown";
  }
  return "";
}

}  // namespace tuner
