// The gate before the kernel gets TLS: which programs of this host would suffer by it.
//
// Programs are looked at once, also for an apply and its plan together, and only if a step is to
// bring kernel TLS: a check of a host in sync does not pay for it.
#pragma once

#include "engine/plan.h"
#include "host/host.h"
#include "knobs/knob.h"
#include "model/plan.h"
#include "model/profile.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

// Keeps references to its arguments.
class Gate {
 public:
  Gate(const Host& host, const Profile& profile, const PlanOptions& options)
      : host_(host), rule_(profile.key_update.value_or(SafetyRule::Warn)), options_(options) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Blocks a step that is to be written and brings kernel TLS, to the kernel or to one program, if
  // a program would suffer by it and the profile requires that none does. Everything else that is
  // found goes to `notes`, each once: a risk that the operator accepted, one that the profile only
  // warns of, one that is not known, and processes that were not looked at.
  void judge(const Knob& knob, Step& step, std::vector<std::string>& notes);

 private:
  struct Found {
    std::vector<ProgramRisk> blocking;
    std::vector<std::string> notes;
  };
  const Found& found();
  static void block(const std::vector<ProgramRisk>& risks, Step& step);
  void sort_out(ProgramRisk risk, Found& found) const;

  const Host& host_;
  SafetyRule rule_;
  const PlanOptions& options_;
  std::optional<Found> found_;
};

}  // namespace tuner
