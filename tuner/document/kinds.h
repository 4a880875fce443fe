// The kinds of documents.
#pragma once

#include "document/bench.h"
#include "document/bench_comparison.h"
#include "document/bundle.h"
#include "document/diagnose.h"
#include "document/envelope.h"
#include "document/facts.h"
#include "document/openssl_conf.h"
#include "document/profile.h"
#include "document/recorded_programs.h"
#include "document/run.h"
#include "document/sockets.h"
#include "document/status.h"
#include "document/tls_server.h"
#include "document/tool.h"
#include "document/tune.h"
#include "document/watch.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner::document {

// The body of a kind that prints only text.
struct Nothing {};

void describe(auto& keys, Either<Nothing> auto&) {
  keys.object("nothing", "Only the envelope");
}

// Calls visit.template kind<Body…>(name) for each kind: a document of that kind has the keys of the
// envelope and of one of the bodies, or ended early and has only errors.
void for_each_kind(auto& visit) {
  visit.template kind<Facts, Bundle>("facts");
  visit.template kind<ProfileList, ProfileShow, ProfileCheck, ProfileRecommend, ProfileImport,
                      ProfileNew, ProfileDiff>("profile");
  visit.template kind<Knobs>("knobs");
  visit.template kind<Plan>("plan");
  visit.template kind<Apply>("apply");
  visit.template kind<Confirm>("confirm");
  visit.template kind<Check>("check");
  visit.template kind<Tune>("tune");
  visit.template kind<Rollback>("rollback");
  visit.template kind<Status>("status");
  visit.template kind<Probe, Token, ServerProbe>("probe");
  visit.template kind<Bench, ComparedBenches>("bench");
  visit.template kind<Sockets>("sockets");
  visit.template kind<Watch>("watch");
  visit.template kind<OpensslConf>("openssl-conf");
  visit.template kind<CommandStart>("run");
  visit.template kind<Diagnose>("diagnose");
  visit.template kind<Report>("report");
  visit.template kind<Completion>("completion");
  visit.template kind<Runs>("runs");
  visit.template kind<Nothing>("unit-paths");
  // No verb: a file of a bundle.
  visit.template kind<RecordedPrograms>(kRecordedPrograms);
  // Internal, and no verb at all: these only fail.
  visit.template kind<>("guard");
  visit.template kind<>("error");
}

}  // namespace tuner::document
