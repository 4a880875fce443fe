// Compares what a server elsewhere accepted with a profile's expectations. Pure.
//
// The server is no part of the profile, so what it refuses is no failure. Judged is this host's end
// of what it accepts, as in a probe across the wire. Besides that:
//
//   Failed        it accepted nothing
//   Unsupported   the profile expects a path of a version and cipher that libssl does not offer
//   Unsafe        it did not survive a KeyUpdate
//   Inconclusive  the profile expects a path, and whether the server accepts it is not known; or
//                 whether it survives a KeyUpdate is not
#pragma once

#include "probe/server_report.h"
#include "probe/verdict.h"

#include <optional>
#include <vector>

namespace tuner {

struct JudgedOffer {
  ServerOffer offer;
  std::optional<JudgedCell> judged;  // if the offer has a cell
};

struct JudgedServer {
  ServerReport report;              // with a warning if the content differs between connections
  std::vector<JudgedOffer> offers;  // those of the report, in its order
  ProbeVerdict verdict = ProbeVerdict::Failed;
};

JudgedServer judge_server(ServerReport report, const Profile& profile);

}  // namespace tuner
