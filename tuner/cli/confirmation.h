// What --confirm-within adds to a run: a guard before the first write, which the run is handed over
// to at its end, and how the two are shown.
#pragma once

#include "cli/verb.h"
#include "engine/apply.h"
#include "engine/confirm.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace tuner {

class Confirmation {
 public:
  // Without `within` there is none, and nothing below does anything.
  // `persist`: whoever confirms makes it outlast a reboot, too.
  Confirmation(Context& context, const RunInfo& run, std::optional<std::chrono::seconds> within,
               bool persist);

  // For ApplyOptions::before_first_write.
  std::function<Outcome()> guard_starter();
  // For ApplyOptions::begun.
  std::function<Outcome()> begun_recorder();

  // After apply, with the lock still held: the time to confirm begins, or the guard is let go. The
  // line that says what to do now.
  std::string hand_over(const Journal& journal, const ApplyReport& report, Answer& answer);

 private:
  std::string await(Answer& answer);

  Context& context_;
  std::optional<PendingConfirm> pending_;
  bool guarded_ = false;
};

// What waits to be confirmed on this machine, for documents: null when nothing does.
nlohmann::ordered_json pending_json(const Host& host, const std::optional<PendingConfirm>& pending);
nlohmann::ordered_json pending_json(const Context& context);

}  // namespace tuner
