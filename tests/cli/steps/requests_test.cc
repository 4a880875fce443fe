#include "cli/steps/requests.h"

#include "cli/steps/check_job.h"
#include "cli/steps/overdue.h"
#include "cli/verbs/verbs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace tuner {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;

std::string error_of(const auto& request) {
  return request ? std::string() : request.error().text;
}

const Verb& verb_named(std::string_view name) {
  return *std::ranges::find(verbs(), name, &Verb::name);
}

TEST(SessionRequest, KeepsWhatTheOptionsSay) {
  Options options;
  options.only = {"sysctl"};
  options.nics = {"eth0"};
  options.wait_link = seconds(15);
  options.max_disruption = Disruption::LinkFlap;
  options.confirm_within = seconds(60);
  const auto request = session_request(options).value();
  EXPECT_THAT(request.only, ElementsAre("sysctl"));
  EXPECT_THAT(request.nics, ElementsAre("eth0"));
  EXPECT_EQ(request.wait_link, seconds(15));
  EXPECT_EQ(request.max_disruption, Disruption::LinkFlap);
  EXPECT_EQ(request.confirm_within, seconds(60));
  EXPECT_FALSE(request.is_whole());
  EXPECT_TRUE(session_request({})->is_whole());
}

TEST(SessionRequest, RefusesAFamilyThatDoesNotExist) {
  Options skip;
  skip.skip = {"sysctl", "sysctll"};
  const auto refused = session_request(skip);
  EXPECT_EQ(error_of(refused), "no setting family named 'sysctll'");
  EXPECT_EQ(refused.error().hint, "did you mean sysctl? ktls-tuner knobs lists them");
  Options only;
  only.only = {""};
  EXPECT_EQ(error_of(session_request(only)), "no setting family named ''");
}

TEST(SessionRequest, PersistsTheWholeProfileOrNothing) {
  Options options;
  EXPECT_EQ(session_request(options)->persistence, Persistence::AsBefore);
  options.persist = true;
  EXPECT_EQ(session_request(options)->persistence, Persistence::Persist);
  for (auto* part : {&options.only, &options.skip, &options.nics}) {
    *part = {"sysctl"};
    EXPECT_EQ(error_of(session_request(options)),
              "--persist applies to the whole profile: not with --only, --skip or --nic");
    part->clear();
  }
  options.runtime_only = true;
  EXPECT_EQ(error_of(session_request(options)), "--persist and --runtime-only exclude each other");
  options.persist = false;
  EXPECT_EQ(session_request(options)->persistence, Persistence::RuntimeOnly);
}

TEST(SessionRequest, OnlyAnUnattendedRunWithoutANamedProfileReadsTheApprovedCopy) {
  Options options;
  EXPECT_FALSE(session_request(options)->approved_copy);
  options.if_active = true;
  EXPECT_TRUE(session_request(options)->approved_copy);
  options.profile = "edge-server";
  EXPECT_FALSE(session_request(options)->approved_copy);
}

TEST(WriteRequest, WaitsForTheLockOnlyIfAsked) {
  Options options;
  options.timeout = seconds(7);
  EXPECT_EQ(write_request(options).lock_wait, seconds(0));
  options.wait = true;
  EXPECT_EQ(write_request(options).lock_wait, seconds(7));
}

TEST(WriteRequest, APersonIsRefusedWhereAnUnattendedRunGoesOn) {
  EXPECT_FALSE(write_request({}).unattended);
  EXPECT_FALSE(write_request({}).without_missing);
  Options boot;
  boot.boot = true;
  EXPECT_TRUE(write_request(boot).unattended);
  EXPECT_FALSE(write_request(boot).without_missing);
  boot.if_active = true;
  EXPECT_TRUE(write_request(boot).without_missing);
  Options keep;
  keep.on_failure = OnFailure::Keep;
  EXPECT_EQ(write_request(keep).on_failure, OnFailure::Keep);
}

TEST(CheckRequest, AJobIsForTheActiveProfileWaitsAndIsSilent) {
  Options options;
  options.job = true;
  const auto request = check_request(options).value();
  EXPECT_TRUE(request.session.if_active);
  EXPECT_TRUE(request.session.silent);
  EXPECT_TRUE(request.session.approved_copy);
  EXPECT_EQ(request.write.lock_wait, options.timeout);
  EXPECT_TRUE(request.write.unattended);
  const auto plain = check_request({}).value();
  EXPECT_FALSE(plain.session.if_active || plain.session.silent || plain.write.unattended);
  EXPECT_EQ(plain.write.lock_wait, seconds(0));
}

TEST(CheckRequest, RefusesWhatContradicts) {
  const auto refused = [](auto set) {
    Options options;
    set(options);
    return error_of(check_request(options));
  };
  EXPECT_EQ(refused([](Options& o) { o.root = "dir", o.job = true; }),
            "--job works only on this machine, not with --root");
  EXPECT_EQ(refused([](Options& o) { o.root = "dir", o.repair = true; }),
            "--repair works only on this machine, not with --root");
  EXPECT_EQ(refused([](Options& o) { o.settings = "x.yaml"; }), "--settings needs --job");
  EXPECT_EQ(refused([](Options& o) { o.defer_repair = true; }),
            "--defer-repair needs --job and excludes --repair");
  EXPECT_EQ(refused([](Options& o) { o.job = o.repair = o.defer_repair = true; }),
            "--defer-repair needs --job and excludes --repair");
  EXPECT_EQ(refused([](Options& o) { o.splay.of_settings = true; }),
            "--splay settings needs --job");
  EXPECT_EQ(refused([](Options& o) { o.skip = {"no"}; }), "no setting family named 'no'");
}

TEST(Overdue, IsUndoneFirstByEachStartThatMayWrite) {
  const Verb& apply = verb_named("apply");
  const Verb& check = verb_named("check");
  EXPECT_TRUE(undoes_overdue(apply, {}));
  EXPECT_FALSE(undoes_overdue(check, {}));
  Options options;
  options.job = true;
  EXPECT_TRUE(undoes_overdue(check, options));
  options.defer_repair = true;
  EXPECT_FALSE(undoes_overdue(check, options));
  Options keep;
  keep.keep_overdue = true;
  EXPECT_FALSE(undoes_overdue(verb_named("confirm"), keep));
  // --force of apply and rollback has nothing to do with an overdue run.
  Options force;
  force.force = true;
  EXPECT_TRUE(undoes_overdue(apply, force));
  Options dry;
  dry.dry_run = true;
  EXPECT_FALSE(undoes_overdue(verb_named("rollback"), dry));
}

// Each verb judges its options in prepare(), which gets no machine.
TEST(Prepare, RefusesWhatAVerbDoesNotTake) {
  const auto refused = [](std::string_view verb, auto set) {
    Options options;
    set(options);
    return error_of(verb_named(verb).prepare(options));
  };
  EXPECT_EQ(refused("report", [](Options&) {}), "report needs a saved document");
  EXPECT_EQ(refused("report", [](Options& o) { o.words = {"a"}, o.fleet = "."; }),
            "report takes either files or --fleet, not both");
  EXPECT_EQ(refused("report", [](Options& o) { o.fleet = ".", o.format = ReportFormat::Nagios; }),
            "--fleet does not support --format nagios");
  EXPECT_EQ(refused("report", [](Options& o) { o.fleet = ".", o.format = ReportFormat::Html; }),
            "");
  EXPECT_EQ(refused("completion", [](Options& o) { o.words = {"tcsh"}; }),
            "no completion for a shell named 'tcsh'");
  EXPECT_EQ(refused("knobs", [](Options& o) { o.words = {"sysctll"}; }),
            "no setting family named 'sysctll'");
  EXPECT_EQ(refused("profile", [](Options& o) { o.words = {"show"}; }),
            "profile show takes one profile");
  EXPECT_EQ(refused("profile",
                    [](Options& o) {
                      o.words = {"list", "x"};
                    }),
            "profile has no action 'list x'");
  for (const std::string_view verb : {"plan", "apply", "tune", "check"})
    EXPECT_EQ(refused(verb, [](Options& o) { o.only = {"no"}; }), "no setting family named 'no'");
  for (const std::string_view verb : {"plan", "apply", "tune"})
    EXPECT_EQ(refused(verb, [](Options& o) { o.persist = o.runtime_only = true; }),
              "--persist and --runtime-only exclude each other");
}

}  // namespace
}  // namespace tuner
