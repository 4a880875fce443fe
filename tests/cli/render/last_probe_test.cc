#include "cli/render/last_probe.h"

#include "base/json_text.h"
#include "base/rfc3339.h"
#include "cli/render/feature_lines.h"
#include "document/probe.h"
#include "document/write.h"
#include "support/fake_state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

document::Cell cell(std::string version, document::Expected expected, std::string result) {
  return {.version = std::move(version),
          .cipher = "AES-128-GCM",
          .tx = "kernel",
          .rx = "kernel",
          .expected = std::move(expected),
          .result = std::move(result)};
}

// A wire probe of which the second cell was called by this host.
std::string saved_probe_text() {
  document::Probe probe{.verdict = "path_not_taken"};
  probe.cells.push_back(cell("TLSv1.2", {.tx = "kernel", .rx = "device"}, "inconclusive"));
  probe.cells.push_back(cell("TLSv1.3", {.tx = "kernel", .rx = "any"}, "fail"));
  probe.cells.back().tx = "userspace";
  probe.cells.back().wire =
      document::Wire{.own_end = "client", .client = {.tx = "device", .rx = "userspace"}};
  const document::Envelope envelope{.kind = "probe",
                                    .host = {.kernel = "6.1.0-32-amd64"},
                                    .started_at = *from_rfc3339("2026-11-24T12:00:00Z")};
  return document::to_json(envelope, {std::move(probe)}).dump();
}

const std::string kDocument = saved_probe_text();

TEST(LastProbe, HasThePathsOfThisHostsEnd) {
  const auto probe = last_probe_from(kDocument);
  ASSERT_TRUE(probe.has_value());
  EXPECT_EQ(probe->at, *from_rfc3339("2026-11-24T12:00:00Z"));
  ASSERT_EQ(probe->ways.size(), 4U);
  EXPECT_EQ(probe->ways[0].taken, "kernel");
  EXPECT_EQ(probe->ways[1].expected, "device");
  EXPECT_EQ(probe->ways[2].taken, "device") << "this host was the connecting end";
  EXPECT_EQ(probe->ways[3].taken, "userspace");
  EXPECT_EQ(as_expected(probe->ways[0]), false) << "an inconclusive cell proves nothing";
  EXPECT_EQ(as_expected(probe->ways[1]), false) << "the same for an expected device path";
  EXPECT_EQ(as_expected(probe->ways[2]), true) << "device meets the expectation kernel";
  EXPECT_EQ(as_expected(probe->ways[3]), std::nullopt) << "any";
}

TEST(LastProbe, IgnoresAReportOfAnotherKernel) {
  testing::FakeStateStore store;
  EXPECT_FALSE(last_probe(store, "6.1.0-32-amd64").has_value()) << "none was saved";
  store.files[std::string(kProbeReportPath)] = kDocument;
  EXPECT_TRUE(last_probe(store, "6.1.0-32-amd64").has_value());
  EXPECT_FALSE(last_probe(store, "6.12.1").has_value());
}

TEST(LastProbe, IgnoresADamagedReport) {
  const auto with = [](std::string_view key, nlohmann::ordered_json value) {
    auto document = parse_ordered_json(kDocument);
    document[std::string(key)] = std::move(value);
    return json_text(document);
  };
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"),
        kDocument.substr(0, kDocument.size() / 2), with("cells", nullptr), with("kind", "check"),
        with("started_at", 7), with("started_at", "10000-01-01T00:00:00Z")})
    EXPECT_FALSE(last_probe_from(text).has_value()) << text;
}

Facts facts(ModuleState tls) {
  Facts facts;
  facts.kernel.tls.state = tls;
  facts.nics.push_back(
      {.name = "eth0",
       .features = {{"tls-hw-tx-offload", {.supported = true, .requested = true, .active = true}},
                    {"tls-hw-rx-offload", {.supported = true}}}});
  return facts;
}

TEST(FeatureLines, HaveALineForEachKnownValue) {
  const Facts known = facts(ModuleState::Live);
  EXPECT_EQ(feature_lines({.facts = known,
                           .probe = last_probe_from(kDocument),
                           .in_sync = false,
                           .profile = "edge-server"}),
            "ktls.kernel=true\nktls.nic-tx=true\nktls.nic-rx=false\n"
            "ktls.tx=device\nktls.tx-1.2=kernel\nktls.tx-1.3=device\n"
            "ktls.rx=kernel\nktls.rx-1.2=kernel\nktls.rx-1.3=userspace\n"
            "ktls.profile=edge-server\nktls.in-sync=false\n");
}

TEST(FeatureLines, OmitUnknownValues) {
  const Facts known = facts(ModuleState::NotBuilt);
  const std::string text =
      feature_lines({.facts = known, .probe = {}, .in_sync = {}, .profile = {}});
  EXPECT_THAT(text, HasSubstr("ktls.kernel=false\n"));
  for (const auto* name : {"ktls.tx", "ktls.rx", "ktls.profile", "ktls.in-sync"})
    EXPECT_THAT(text, Not(HasSubstr(name)));
}

}  // namespace
}  // namespace tuner
