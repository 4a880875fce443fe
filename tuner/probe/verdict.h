// Judges a probe report against a profile's expectations. Pure.
#pragma once

#include "model/profile.h"
#include "probe/report.h"

namespace tuner {

enum class ProbeVerdict { AsExpected, PathNotTaken, Unsupported, Inconclusive, Failed };
std::string_view probe_verdict_name(ProbeVerdict verdict);

// Fills expected_tx, expected_rx, result and, where they do not match, because. A cell whose bytes
// were not intact fails whatever was expected. `Device` expected on loopback is inconclusive. A
// required path that this kernel cannot offer at all (no CONFIG_TLS, cipher unknown) is
// unsupported; a path it could and did not take fails.
ProbeVerdict judge(ProbeReport& report, const Profile& profile);

}  // namespace tuner
