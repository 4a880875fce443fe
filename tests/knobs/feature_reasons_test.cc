#include "knobs/feature_reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr NicFeature kDropped{.supported = true, .requested = true};
constexpr NicFeature kOff{.supported = true};
constexpr NicFeature kOn{.supported = true, .requested = true, .active = true};
constexpr NicFeature kFixedOff{.fixed = true};

// Of "rx-gro-hw", which the driver dropped, beside another feature that is asked for as well.
std::string blocked_beside(std::string_view other, NicFeature state, bool asked = true) {
  Nic nic{.name = "eth0", .driver = "mlx5_core"};
  nic.features["rx-gro-hw"] = kDropped;
  nic.features[std::string(other)] = state;
  return why_blocked(nic, "rx-gro-hw", {{"rx-gro-hw", true}, {"rx-lro", asked}});
}

TEST(FeatureReasons, WhatTheDriverDroppedIsBlockedUnlessAnotherRequestMayBringIt) {
  EXPECT_THAT(blocked_beside("rx-lro", kOff), IsEmpty()) << "it is going to be requested";
  EXPECT_THAT(blocked_beside("rx-lro", kOn), HasSubstr("requested on, but not active"));
  EXPECT_THAT(blocked_beside("rx-lro", kFixedOff), HasSubstr("requested on, but not active"));
  EXPECT_THAT(blocked_beside("tx-lro", kOff), HasSubstr("requested on, but not active"))
      << "nobody asks for that one, and the one asked for is not there";
  EXPECT_THAT(blocked_beside("rx-lro", kOff, false), HasSubstr("requested on, but not active"));
  EXPECT_THAT(blocked_beside("rx-lro", kOn, false), IsEmpty());
}

TEST(FeatureReasons, AFeatureAloneDoesNotWaitForItself) {
  Nic nic{.name = "eth0", .driver = "mlx5_core"};
  nic.features["rx-gro-hw"] = kDropped;
  EXPECT_THAT(why_blocked(nic, "rx-gro-hw", {{"rx-gro-hw", true}}),
              HasSubstr("requested on, but not active"));
  nic.features["rx-gro-hw"] = kOff;
  EXPECT_THAT(why_blocked(nic, "rx-gro-hw", {{"rx-gro-hw", true}}), IsEmpty());
}

}  // namespace
}  // namespace tuner
