// Services whose drop-ins count from their next start on: which ones still run without them, and
// their restart on request.
#pragma once

#include "cli/request/verb.h"
#include "engine/journal.h"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The units of the steps or entries of the family services, sorted.
std::vector<std::string> service_units(const std::vector<Step>& steps);
std::vector<std::string> service_units(const Journal& journal);

// Whether the unit runs without the drop-ins that this program wrote for it: its main process is
// older than one of them. false: it has them, has none, or does not run. Faults: as of
// ServicePort::state(); Io: its process cannot be looked at.
Result<bool> runs_without_drop_in(const Host& host, const std::string& unit);

// Where a service listens: "127.0.0.1:443".
using Listeners = std::set<std::string>;

struct RestartHooks {
  std::function<Result<Listeners>(const std::string& unit)> listeners;
  // Removes what was written for the unit.
  std::function<Outcome(const std::string& unit)> revert;
  std::function<void(std::string_view line)> say;
};

// Restarts those of `units` that run, one after the other. Each must be active again, stay so for a
// second, and listen where it did before, within 15 seconds. At the first one that does not, its
// drop-ins are reverted, it is started again without them, and the others are not touched. The
// error says what failed, what was reverted, and which are left.
Outcome restart_services(Host& host, const std::vector<std::string>& units,
                         const RestartHooks& hooks);

// The hooks of this machine: socket diagnostics, and a rollback of the unit's settings alone under
// the lock.
RestartHooks restart_hooks(Context& context);

}  // namespace tuner
