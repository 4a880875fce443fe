#include "cli/render/last_probe.h"

#include "base/rfc3339.h"
#include "cli/render/feature_lines.h"
#include "support/fake_state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The keys of `probe --json` that last_probe_from() reads.
constexpr std::string_view kDocument = R"({
  "kind": "probe", "started_at": "2026-11-24T12:00:00Z", "host": {"kernel": "6.1.0-32-amd64"},
  "cells": [
    {"version": "TLSv1.2", "tx": "kernel", "rx": "kernel", "expected": {"tx": "kernel", "rx": "device"}, "result": "inconclusive"},
    {"version": "TLSv1.3", "tx": "userspace", "rx": "kernel", "expected": {"tx": "kernel", "rx": "any"}, "result": "fail",
     "own_end": "client", "client": {"tx": "device", "rx": "userspace"}}]})";

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
  for (const std::string_view text :
       {"", "{", "[]", R"({"cells": []})",
        R"({"host": {"kernel": "6.1"}, "started_at": 7, "cells": []})",
        R"({"host": {"kernel": "6.1"}, "started_at": "10000-01-01T00:00:00Z", "cells": []})"})
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
