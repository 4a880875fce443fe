// Judges a probe report against a profile's expectations. Pure.
#pragma once

#include "model/profile.h"
#include "probe/report.h"

namespace tuner {

// What each means for the exit code, worst first; with several, the first in this list is given
// (the order of the exit codes: 4 before 1 before 3).
//
//   Unsupported   4  an expected path cannot be had on this machine at all
//   Failed        1  a handshake failed, bytes differed, or the kernel counted an error
//   PathNotTaken  3  an expected path is possible here and was not taken
//   Inconclusive  3  nothing is known to be wrong, but an expected path could be neither shown nor
//                    refuted: `device` over loopback, a cell that was not probed, sources that
//                    disagree. Not shown is not as expected
//   AsExpected    0
//
// Only cells for which the profile expects something other than `any` count, except Failed, which
// always does.
enum class ProbeVerdict { AsExpected, PathNotTaken, Unsupported, Inconclusive, Failed };
std::string_view probe_verdict_name(ProbeVerdict verdict);

// Across the wire it is our own end that is judged; the other end's host has a profile of its own.
//
// Fills expected_tx, expected_rx, result and, where they do not match, because. A cell whose bytes
// were not intact fails whatever was expected. `Device` expected on loopback is inconclusive. A
// required path that this kernel cannot offer at all (no CONFIG_TLS, cipher unknown) is
// unsupported; a path it could and did not take fails. Each expectation without a cell adds a
// warning. What judging has to say goes in front of a cell's own because; so judge a report against
// one profile only.
ProbeVerdict judge(ProbeReport& report, const Profile& profile);

}  // namespace tuner
