#include "model/plan.h"

#include <algorithm>

namespace tuner {

std::string_view disruption_name(Disruption disruption) {
  return word_of(disruption);
}

// An unknown word of another version's document becomes the default limit, which permits no
// interruption.
Disruption disruption_from(std::string_view name) {
  return from_word<Disruption>(name).value_or(Disruption::NewConnections);
}

std::string_view status_name(Status status) {
  return word_of(status);
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
  return word_of(code);
}

}  // namespace tuner
