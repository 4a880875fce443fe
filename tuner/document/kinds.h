// The kinds of documents, and the envelope that all have.
#pragma once

#include "base/rfc3339.h"
#include "document/bench.h"
#include "document/bench_comparison.h"
#include "document/bundle.h"
#include "document/diagnose.h"
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
#include <variant>
#include <vector>

namespace tuner::document {

inline constexpr std::string_view kFormatVersion = "1.0";
inline constexpr std::string_view kToolName = "ktls-tuner";

struct Tool {
  std::string name{kToolName};
  std::string version;
};

inline constexpr std::array kToolNames{kToolName};

void describe(auto& keys, Either<Tool> auto& tool) {
  keys.object("tool", "");
  keys.key({"name", {}, {.words = kToolNames}}, tool.name);
  keys.key({"version", {}, {.pattern = "^[0-9]+\\.[0-9]+\\.[0-9]+"}}, tool.version);
}

struct HostId {
  std::string hostname;
  std::string kernel;
  std::string boot_id;
  bool emulated = false;
};

void describe(auto& keys, Either<HostId> auto& host) {
  keys.object("host", "");
  keys.key({"hostname"}, host.hostname);
  keys.key({"kernel"}, host.kernel);
  keys.key({"boot_id"}, host.boot_id);
  keys.key({"emulated", "The CPU is emulated in software: measured times have no meaning"},
           host.emulated);
}

struct Envelope {
  std::string kind;
  Tool tool;
  HostId host;
  UtcTime started_at;
  std::int64_t duration_ms = 0;
  std::uint8_t exit_code = 0;
  std::vector<Error> errors;
};

// The schema adds the words of `kind` and the numbers of `exit_code`.
void describe(auto& keys, Either<Envelope> auto& envelope) {
  keys.object("envelope", "");
  keys.key(
      {"kind",
       "The verb. error: the command line has no valid verb. recorded-programs: no verb, but a "
       "file of a bundle",
       kNotEmpty},
      envelope.kind);
  keys.key({"tool"}, envelope.tool);
  keys.key({"host"}, envelope.host);
  keys.key({"started_at"}, envelope.started_at);
  keys.key({"duration_ms"}, envelope.duration_ms);
  keys.key({"exit_code", "The exit status of the process"}, envelope.exit_code);
  keys.key({"errors"}, envelope.errors);
}

// The body of a kind that prints only text.
struct Nothing {};

void describe(auto& keys, Either<Nothing> auto&) {
  keys.object("nothing", "Only the envelope");
}

// The keys of a kind. monostate: none; the run ended early, and the envelope has errors.
struct Body {
  std::variant<std::monostate, Facts, Bundle, ProfileList, ProfileShow, ProfileCheck,
               ProfileRecommend, ProfileImport, ProfileNew, ProfileDiff, Knobs, Plan, Apply,
               Confirm, Check, Tune, Rollback, Status, Probe, Token, ServerProbe, Bench,
               ComparedBenches, Sockets, Watch, OpensslConf, CommandStart, Diagnose,
               RecordedPrograms, Report, Completion, Runs, Nothing>
      keys;
};

struct Document {
  Envelope envelope;
  Body body;
};

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
