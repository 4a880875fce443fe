#include "report/fleet.h"

#include "document/facts.h"
#include "document/write.h"
#include "report/saved_documents.h"

#include <gmock/gmock.h>

namespace tuner {
namespace {

using testing::check_json;
using ::testing::ElementsAre;
using testing::envelope_json;
using testing::fleet_of;
using testing::Json;
using testing::kNoon;
using testing::probe_json;
using testing::saved;
using testing::step_json;

Json drifted(std::string host, std::string subject, std::string knob = "sysctl") {
  return check_json(std::move(host), 2, {step_json(std::move(knob), std::move(subject), "change")});
}

Json fine(std::string host, std::string subject = "net.core.rmem_max") {
  return check_json(std::move(host), 0, {step_json("sysctl", std::move(subject), "in_sync")});
}

TEST(FleetSetting, IsTheSameNameOnAllHosts) {
  EXPECT_EQ(fleet_setting("irq_affinity", "ens1f0/rxtx-12"), "rxtx-*");
  EXPECT_EQ(fleet_setting("nic_features", "eth0/tls-hw-tx-offload"), "tls-hw-tx-offload");
  EXPECT_EQ(fleet_setting("cpu_governor", "policy63"), "policy*");
  EXPECT_EQ(fleet_setting("sysctl", "net.ipv4.conf.eth0.rp_filter"),
            "net.ipv4.conf.eth0.rp_filter");
  EXPECT_EQ(fleet_setting("sysctl", "net.ipv6.x1"), "net.ipv6.x1");
  EXPECT_EQ(fleet_setting("persist", "/etc/sysctl.d/90-ktls-tuner.conf"),
            "/etc/sysctl.d/90-ktls-tuner.conf");
}

TEST(Fleet, TheNewestDocumentOfAHostCountsAndTheOlderIsNamed) {
  Json old = drifted("a", "net.core.rmem_max");
  old["started_at"] = "2026-11-24T10:00:00Z";
  for (const auto& order : {std::vector<Json>{old, fine("a")}, std::vector<Json>{fine("a"), old}}) {
    const Fleet fleet = fleet_of(order);
    ASSERT_EQ(fleet.hosts.size(), 1U);
    EXPECT_EQ(fleet.hosts[0].state, "in sync");
    EXPECT_TRUE(fleet.hosts[0].cells.empty());
    ASSERT_EQ(fleet.superseded.size(), 1U);
    EXPECT_THAT(fleet.superseded[0].reason, ::testing::HasSubstr("is newer"));
  }
}

TEST(Fleet, TheQueuesOfAHostShareACellWithTheWorstStatus) {
  const Fleet fleet = fleet_of({check_json(
      "a", 2,
      {step_json("xps", "eth0/tx-0", "in_sync"), step_json("xps", "eth0/tx-1", "change"),
       step_json("xps", "eth1/tx-2", "failed")})});
  ASSERT_EQ(fleet.settings.size(), 1U);
  ASSERT_EQ(fleet.hosts[0].cells.size(), 1U);
  const FleetCell& cell = fleet.hosts[0].cells[0];
  EXPECT_EQ(cell.count, 2U);
  EXPECT_EQ(cell.worst.subject, "eth1/tx-2");
  EXPECT_EQ(fleet.hosts[0].in_sync, 1);
  EXPECT_EQ(fleet.settings[0].out, 1);
}

TEST(Fleet, GroupsHostsWithEqualResultsLargestGroupFirst) {
  const Fleet fleet =
      fleet_of({drifted("a", "x"), fine("b", "x"), drifted("c", "x"), drifted("d", "x")});
  const auto profiles = profile_groups(fleet);
  ASSERT_EQ(profiles.size(), 1U);
  const auto settings = settings_in_trouble(fleet, profiles[0].hosts);
  EXPECT_THAT(settings, ElementsAre(0U));
  const auto groups = group_rows(profiles[0].hosts, settings);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].hosts.size(), 3U);
  EXPECT_EQ(groups[1].hosts[0]->hostname, "b");
}

TEST(Fleet, ProfilesWithTheSameNameAndOtherDigestAreSeparate) {
  Json other = fine("b");
  other["profile"]["digest"] = "0000000000000001";
  EXPECT_EQ(profile_groups(fleet_of({fine("a"), other})).size(), 2U);
}

TEST(Fleet, SettingsInSyncOnAllHostsAreNotShown) {
  const Fleet fleet = fleet_of({fine("a"), fine("b")});
  EXPECT_TRUE(settings_in_trouble(fleet, profile_groups(fleet)[0].hosts).empty());
}

TEST(Fleet, StaleHostsCountAsUnknown) {
  Json old = fine("a");
  old["started_at"] = "2026-11-24T08:00:00Z";
  Json ahead = fine("b");
  ahead["started_at"] = "2027-01-01T00:00:00Z";
  const Fleet fleet = fleet_of({old, ahead, fine("c")});
  EXPECT_EQ(count(fleet).unknown, 2);
  EXPECT_EQ(count(fleet).in_sync, 1);
  ASSERT_EQ(fleet.stale.size(), 2U);
  EXPECT_THAT(fleet.stale[0].reason, ::testing::HasSubstr("too old"));
  EXPECT_THAT(fleet.stale[1].reason, ::testing::HasSubstr("a clock is wrong"));
}

TEST(Fleet, CountsByStateAndPath) {
  const Fleet fleet =
      fleet_of({fine("a"), drifted("b", "x"),
                check_json("c", 4, {step_json("module", "tls", "unsupported")}),
                probe_json("a", 0,
                           {testing::cell_json("TLSv1.2", "device", "kernel"),
                            testing::cell_json("TLSv1.3", "kernel", "userspace")}),
                probe_json("b", 3, {testing::cell_json("TLSv1.2", "userspace", "userspace")})});
  const FleetCounts counts = count(fleet);
  EXPECT_EQ(counts.hosts, 3);
  EXPECT_EQ(counts.drift, 1);
  EXPECT_EQ(counts.cannot, 1);
  EXPECT_EQ(counts.probed, 2);
  EXPECT_EQ(counts.tx_device, 1);
  EXPECT_EQ(counts.device, 1);
  EXPECT_EQ(counts.rx_kernel, 1);
  const auto groups = path_groups(fleet);
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].hosts[0]->hostname, "a");
  EXPECT_EQ(groups[2].hosts[0]->hostname, "c");  // not probed
}

TEST(Fleet, CausesHaveNoPidAndTheEarliestTime) {
  std::vector<Json> documents;
  for (const char* host : {"a", "b"}) {
    documents.push_back(drifted(host, "eth0/rx-1", "irq_affinity"));
    documents.back()["steps"][0]["owner"] = std::string("irqbalance (pid ") + host[0] + ")";
  }
  documents[0]["steps"][0]["drift"] = {{"first_seen", "2026-11-24T09:00:00Z"},
                                       {"last_seen", "2026-11-24T09:00:00Z"}};
  documents[1]["steps"][0]["drift"] = {{"first_seen", "2026-11-23T09:00:00Z"},
                                       {"last_seen", "2026-11-24T09:00:00Z"}};
  const auto causes = causes_of(fleet_of(documents));
  ASSERT_EQ(causes.size(), 1U);
  EXPECT_EQ(causes[0].what, "also set by irqbalance");
  EXPECT_EQ(causes[0].hosts.size(), 2U);
  EXPECT_EQ(causes[0].detail, "rx-*");
  EXPECT_EQ(causes[0].first_seen, "2026-11-23T09:00:00Z");
}

TEST(Fleet, ListsImpossibleSettingsWithTheirReason) {
  const auto cannots = impossible_of(fleet_of({check_json(
      "a", 0, {step_json("nic_features", "eth0/tls-hw-tx-offload", "unsupported", "preferred")})}));
  ASSERT_EQ(cannots.size(), 1U);
  EXPECT_EQ(cannots[0].what, "nic_features tls-hw-tx-offload: 4 is less than 16");
  EXPECT_EQ(cannots[0].detail, "preferred, unsupported");
}

TEST(Fleet, ListsAHostWithFactsOnly) {
  const document::Direction none{
      {}, {{.code = "virtual-function", .text = "eth0 is a virtual function"}}};
  document::Facts facts{.kernel = {.tls = {.state = "live", .because = "loaded"}},
                        .openssl = document::Library{.version = "OpenSSL 3.0.19"}};
  facts.nics.push_back({.name = "eth0",
                        .kind = "physical",
                        .driver = "mlx5_core",
                        .pci_ids = "15b3:101e",
                        .tls_offload = {.tx = none, .rx = none}});
  const document::Envelope envelope{.kind = "facts", .host = {.hostname = "a", .kernel = "6.1.0"}};
  const Fleet fleet = fleet_of({document::to_json(envelope, {std::move(facts)})});
  EXPECT_EQ(count(fleet).unknown, 1);
  EXPECT_EQ(libraries_of(fleet)[0].what, "OpenSSL 3.0.19");
  EXPECT_EQ(nics_of(fleet)[0].what, "mlx5_core (15b3:101e)");
  EXPECT_EQ(nics_of(fleet)[0].detail, "is a virtual function");
  EXPECT_EQ(kernels_of(fleet)[0].detail, "tls live");
}

}  // namespace
}  // namespace tuner
