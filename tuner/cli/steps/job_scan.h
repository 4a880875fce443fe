// The drift job's look at programs and TLS sessions, on a host whose kernel has TLS: there the gate
// (engine/gate.h) is not asked any more, and programs start and stop.
#pragma once

#include "cli/request/verb.h"
#include "host/sockets/collect.h"
#include "model/profile.h"
#include "model/programs/job_scan.h"

#include <optional>

namespace tuner {

// Looks only if tls is loaded or built in. `rule`: of the profile in use; with Ignore, programs are
// not looked at, as by the gate. The TLS sessions are those of this network namespace.
JobScan scan_for_job(const Context& context, std::optional<SafetyRule> rule);

// What was seen of the sessions; Error: they could not be listed at all.
SessionScan session_scan(const Result<TlsSockets>& found);

}  // namespace tuner
