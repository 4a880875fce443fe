// What the drift job saw of the programs and the TLS sessions of a host whose kernel has TLS. Plain
// data and pure functions.
#pragma once

#include "model/programs/program_risk.h"
#include "model/programs/service_sessions.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuner {

struct ProgramAtRisk {
  ProgramRisk risk;
  bool accepted = false;  // by --accept-risk of the active run
  bool operator==(const ProgramAtRisk&) const = default;
};

struct ProgramScan {
  std::chrono::system_clock::time_point at;
  std::string boot_id;                     // what the next boot starts may differ
  std::vector<ProgramAtRisk> at_risk;      // the worst first
  std::vector<std::string> not_looked_at;  // as in Programs
};

// Whether both found the same: the time and the numbers of processes do not count.
bool same_findings(const std::optional<ProgramScan>& a, const std::optional<ProgramScan>& b);

// A risk that an operator has to remove or accept. One that is not known is shown, and is none.
bool needs_action(const ProgramAtRisk& program);

// The scan of programs as far as it holds now; nullopt: it is of another boot.
const ProgramScan* of_this_boot(const std::optional<ProgramScan>& scan, std::string_view boot_id);

// The programs of this host that suffer by kernel TLS. `accepted`: by the active run.
ProgramScan judged_scan(Programs programs, const RekeyFacts& kernel,
                        std::span<const AcceptedRisk> accepted);

// The number of services that have a row of their own in SessionScan.
inline constexpr std::size_t kMostServices = 20;

struct SessionScan {
  std::vector<ServiceSessions> services;
  // Why no session could be seen; nullopt: they were. Set: `services` is empty, and not "none".
  std::optional<std::string> unseen;
  // Why not all programs could be looked at: one sentence each. Not empty: the sessions outside the
  // kernel (SessionPath::None, Cannot) are not known.
  std::vector<std::string> not_looked_at;

  bool complete() const { return !unseen && not_looked_at.empty(); }
  // Whether the number of sessions on this path is known.
  bool knows(SessionPath path) const;
};

// What one drift job looked at. nullopt: it did not look, because the kernel has no TLS or, for
// programs, because the profile ignores the risk.
struct JobScan {
  std::optional<ProgramScan> programs;
  std::optional<SessionScan> sessions;
};

}  // namespace tuner
