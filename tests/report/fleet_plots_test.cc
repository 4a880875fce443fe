#include "report/fleet_plots.h"

#include "report/saved_documents.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace tuner {
namespace {

using testing::cell_json;
using testing::check_json;
using ::testing::ElementsAre;
using testing::envelope_json;
using testing::fleet_of;
using ::testing::HasSubstr;
using testing::Json;
using testing::kNoon;
using ::testing::Not;
using testing::probe_json;
using testing::saved;
using testing::step_json;

Json with(Json step, const char* key, const char* value) {
  step[key] = value;
  return step;
}

std::string told(const HostReason& reason) {
  return fmt::format("{} {} {}", static_cast<int>(reason.trouble), reason.hosts.size(),
                     reason.what);
}

std::vector<std::string> told(const Fleet& fleet) {
  std::vector<std::string> all;
  for (const HostReason& reason : reasons_of(fleet)) all.push_back(told(reason));
  return all;
}

TEST(Reasons, AreCausesOfDriftAndWhatHostsCannot) {
  const auto because = [](int pid) { return fmt::format("irqbalance (pid {})", pid); };
  const Json drifted = step_json("sysctl", "a", "change");
  EXPECT_THAT(told(fleet_of({
                  check_json("a", 2, {with(drifted, "owner", because(1).c_str())}),
                  check_json("b", 2,
                             {with(drifted, "owner", because(2).c_str()),
                              with(step_json("sysctl", "b", "change"), "cause", "a file")}),
                  check_json("c", 4, {step_json("module", "tls", "unsupported")}),
                  check_json("d", 1, {step_json("sysctl", "a", "failed")}),
                  check_json("e", 0, {step_json("module", "tls", "unsupported", "preferred")}),
              })),
              ElementsAre("0 2 also set by irqbalance", "0 1 a file", "1 1 tls: 4 is less than 16",
                          "2 1 a: 4 is less than 16"));
}

TEST(Reasons, WhatIsNotKnownIsAReasonOfItsOwnAndLast) {
  Json old = check_json("a", 0, {step_json("sysctl", "a", "in_sync")});
  old["started_at"] = "2026-11-24T01:00:00Z";
  Json busy = envelope_json("check", "b", 75);
  busy["errors"] = {{{"code", "busy"}, {"message", "locked"}, {"hint", ""}}};
  EXPECT_THAT(
      told(fleet_of({old, busy, probe_json("c", 0, {cell_json("TLSv1.3", "kernel", "kernel")}),
                     check_json("d", 1, {step_json("sysctl", "a", "unreadable")}),
                     check_json("e", 2, {step_json("sysctl", "a", "change")}),
                     check_json("f", 4, {step_json("module", "tls", "blocked")})})),
      ElementsAre("1 1 tls: 4 is less than 16", "3 1 the last check is too old",
                  "3 1 the check ended without a result: busy", "3 1 no check was saved",
                  "3 1 a is not readable", "3 1 drift without a recorded cause"));
}

TEST(Reasons, AHostCountsOnceAtAReason) {
  const auto reasons =
      reasons_of(fleet_of({check_json("a", 2,
                                      {with(step_json("sysctl", "a", "change"), "cause", "x"),
                                       with(step_json("sysctl", "b", "change"), "cause", "x")})}));
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].hosts.size(), 1U);
}

TEST(PathShares, EachHostCountsOnceAndNotProbedIsNotZero) {
  const Fleet fleet =
      fleet_of({probe_json("a", 0, {cell_json("TLSv1.2", "device", "kernel")}),
                probe_json("b", 0,
                           {cell_json("TLSv1.2", "unknown", "failed"),
                            cell_json("TLSv1.3", "kernel", "userspace")}),
                probe_json("c", 0, {cell_json("TLSv1.3", "a later path", "kernel")}),
                check_json("d", 0, {step_json("sysctl", "a", "in_sync")})});
  const auto shares = path_shares(fleet);
  ASSERT_EQ(shares.size(), 4U);
  EXPECT_EQ(shares[0].version, "TLSv1.2");
  EXPECT_EQ(shares[0].direction, "transmit");
  // device, kernel, userspace, failed, unknown, not probed
  EXPECT_THAT(shares[0].hosts, ElementsAre(1, 0, 0, 0, 1, 2));
  EXPECT_THAT(shares[1].hosts, ElementsAre(0, 1, 0, 1, 0, 2));
  EXPECT_THAT(shares[2].hosts, ElementsAre(0, 1, 0, 0, 1, 2));
  EXPECT_THAT(shares[3].hosts, ElementsAre(0, 1, 1, 0, 0, 2));
}

TEST(PathShares, WithoutAProbeThereIsNoShare) {
  const Fleet fleet = fleet_of({check_json("d", 0, {step_json("sysctl", "a", "in_sync")})});
  EXPECT_TRUE(path_shares(fleet).empty());
  const std::string html = fleet_html(fleet, "1");
  EXPECT_THAT(html, HasSubstr("Not known: no document has the result of a probe."));
  EXPECT_THAT(html, Not(HasSubstr("0 %")));
}

TEST(Plots, SayInWordsWhatTheyShow) {
  const std::string html = fleet_html(
      fleet_of({probe_json("a", 0, {cell_json("TLSv1.2", "device", "unknown")}),
                check_json("a", 2, {with(step_json("sysctl", "a", "change"), "cause", "a file")}),
                check_json("b", 0, {step_json("sysctl", "a", "in_sync")})}),
      "1");
  EXPECT_THAT(html, HasSubstr("aria-label=\"1 of 2 hosts: a file\""));
  EXPECT_THAT(html, HasSubstr("aria-label=\"TLSv1.2 transmit, hosts: device 1, not probed 1\""));
  EXPECT_THAT(html, HasSubstr("aria-label=\"TLSv1.2 receive, hosts: unknown 1, not probed 1\""));
  EXPECT_THAT(html, HasSubstr("aria-label=\"a sysctl: not known from 2026-11-24T08:00:00Z to "
                              "2026-11-24T11:59:00Z; drift from 2026-11-24T11:59:00Z to "
                              "2026-11-24T12:00:00Z\""));
}

TEST(Plots, DocumentsOfOneHostShowTheirDrift) {
  Json earlier = check_json("a", 2, {step_json("sysctl", "a", "change")});
  earlier["started_at"] = "2026-11-24T06:00:00Z";
  const Json later = check_json("a", 0, {step_json("sysctl", "a", "in_sync")});
  EXPECT_THAT(documents_html(testing::saved_at_noon({earlier, later}), "1"),
              HasSubstr("drift from 2026-11-24T06:00:00Z to 2026-11-24T09:00:00Z; not known from"));
  EXPECT_THAT(documents_html(testing::saved_at_noon({later}), "1"), Not(HasSubstr("<svg")));
}

}  // namespace
}  // namespace tuner
