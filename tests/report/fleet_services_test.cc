#include "report/fleet_services.h"

#include "report/saved_documents.h"

#include <gmock/gmock.h>

namespace tuner {
namespace {

using testing::check_json;
using ::testing::ElementsAre;
using testing::fleet_of;
using ::testing::IsEmpty;
using testing::Json;
using testing::programs_json;
using testing::sessions_json;

using Counts = std::array<std::uint64_t, 4>;  // none, kernel, device, cannot

Json nginx(std::string host, const Counts& counts) {
  Json check = check_json(std::move(host), 0, {});
  check["sessions"] = sessions_json({{"nginx.service", counts}});
  return check;
}

Json at_risk(std::string host, std::string service, std::string risk) {
  Json check = check_json(std::move(host), 0, {});
  check["programs"] = programs_json({{std::move(service), std::move(risk)}});
  return check;
}

std::vector<std::string> names(const std::vector<const FleetHost*>& hosts) {
  std::vector<std::string> all;
  for (const FleetHost* host : hosts) all.push_back(host->hostname);
  return all;
}

TEST(FleetServices, SayWhereAServiceIsOffloadedAndWhereNot) {
  Json unknown = nginx("unknown", {3, 4, 0, 0});
  unknown["sessions"]["services"][0]["none_sessions"] = nullptr;
  const Fleet fleet = fleet_of({nginx("all", {0, 2, 1, 0}), nginx("half", {1, 1, 0, 0}),
                                nginx("no", {5, 0, 0, 0}), nginx("go", {0, 0, 0, 7}), unknown});
  const auto services = services_of(fleet);
  ASSERT_EQ(services.size(), 1U);
  EXPECT_EQ(services[0].service, "nginx.service");
  EXPECT_EQ(services[0].eligible, 10U);
  EXPECT_EQ(services[0].covered, 4U);
  EXPECT_THAT(names(services[0].offloaded), ElementsAre("all"));
  EXPECT_THAT(names(services[0].partly), ElementsAre("half"));
  EXPECT_THAT(names(services[0].not_offloaded), ElementsAre("no"));
  EXPECT_THAT(names(services[0].cannot), ElementsAre("go"));
  EXPECT_THAT(names(services[0].unknown), ElementsAre("unknown")) << "unknown is not 0";
}

TEST(FleetServices, ThatAreNotOffloadedOnMostHostsComeFirst) {
  Json both = check_json("c", 0, {});
  both["sessions"] = sessions_json({{"a.service", {0, 1, 0, 0}}, {"nginx.service", {1, 0, 0, 0}}});
  const auto services = services_of(fleet_of({nginx("b", {1, 0, 0, 0}), both}));
  ASSERT_EQ(services.size(), 2U);
  EXPECT_EQ(services[0].service, "nginx.service");
}

TEST(FleetServices, OfAStaleHostOrOfALookThatFailedAreNotCounted) {
  Json stale = nginx("stale", {1, 0, 0, 0});
  stale["started_at"] = "2026-11-20T00:00:00Z";
  Json unseen = nginx("unseen", {});
  unseen["sessions"]["services"] = Json::array();
  unseen["sessions"]["unseen"] = "list TCP sockets: Input/output error";
  const Fleet fleet = fleet_of({stale, unseen, check_json("plain", 0, {})});
  EXPECT_THAT(services_of(fleet), IsEmpty());
  EXPECT_THAT(names(hosts_without_sessions(fleet)), ElementsAre("plain", "stale", "unseen"));
}

TEST(FleetServices, APlainCheckDoesNotHideTheSessionsOfTheJob) {
  Json later = check_json("a", 0, {});
  later["started_at"] = "2026-11-24T11:59:30Z";
  for (const auto& order :
       {std::vector<Json>{nginx("a", {1, 0, 0, 0}), later}, {later, nginx("a", {1, 0, 0, 0})}}) {
    const Fleet fleet = fleet_of(order);
    EXPECT_EQ(services_of(fleet).size(), 1U);
    EXPECT_EQ(fleet.superseded.size(), 1U);
  }
}

TEST(FleetRisks, ThatNeedAnActionComeFirst) {
  Json accepted = at_risk("d", "lighttpd.service", "key-update");
  accepted["programs"]["at_risk"][0]["accepted"] = true;
  const Fleet fleet =
      fleet_of({at_risk("a", "haproxy.service", "key-update-unknown"),
                at_risk("b", "haproxy.service", "key-update-unknown"),
                at_risk("c", "lighttpd.service", "key-update"), accepted, check_json("e", 0, {})});
  const auto risks = risks_of(fleet);
  ASSERT_EQ(risks.size(), 3U);
  EXPECT_EQ(risks[0].service, "lighttpd.service");
  EXPECT_THAT(names(risks[0].hosts), ElementsAre("c"));
  EXPECT_TRUE(risks[0].needs_action);
  EXPECT_THAT(names(risks[1].hosts), ElementsAre("a", "b"));
  EXPECT_TRUE(risks[2].accepted);
  EXPECT_EQ(count(fleet).at_risk, 1);
  EXPECT_EQ(count(fleet).looked_at, 4);
  EXPECT_THAT(names(hosts_without_programs(fleet)), ElementsAre("e"));
}

TEST(FleetRisks, OfAnOlderLookAreGoneOnceACheckKnowsOfNone) {
  Json later = check_json("a", 0, {});
  later["started_at"] = "2026-11-24T11:59:30Z";
  const Fleet fleet = fleet_of({at_risk("a", "lighttpd.service", "key-update"), later});
  EXPECT_THAT(risks_of(fleet), IsEmpty());
}

}  // namespace
}  // namespace tuner
