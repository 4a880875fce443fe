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

// why_blocked() of "rx-gro-hw", which the driver dropped, on a NIC that has `other` in `state`. The
// profile wants "rx-gro-hw" on and "rx-lro" as `asked`.
std::string blocked_beside(std::string_view other, NicFeature state, bool asked = true) {
  Nic nic{.name = "eth0", .driver = "mlx5_core"};
  nic.features["rx-gro-hw"] = kDropped;
  nic.features[std::string(other)] = state;
  return why_blocked(nic, "rx-gro-hw", {{"rx-gro-hw", true}, {"rx-lro", asked}});
}

TEST(FeatureReasons, ADroppedFeatureIsBlockedUnlessAnotherRequestMayActivateIt) {
  EXPECT_THAT(blocked_beside("rx-lro", kOff), IsEmpty()) << "rx-lro will be requested";
  EXPECT_THAT(blocked_beside("rx-lro", kOn), HasSubstr("requested on, but not active"));
  EXPECT_THAT(blocked_beside("rx-lro", kFixedOff), HasSubstr("requested on, but not active"));
  EXPECT_THAT(blocked_beside("tx-lro", kOff), HasSubstr("requested on, but not active"))
      << "the profile wants rx-lro, which the NIC does not have";
  EXPECT_THAT(blocked_beside("rx-lro", kOff, false), HasSubstr("requested on, but not active"));
  EXPECT_THAT(blocked_beside("rx-lro", kOn, false), IsEmpty());
}

TEST(FeatureReasons, AFeatureDoesNotWaitForItsOwnRequest) {
  Nic nic{.name = "eth0", .driver = "mlx5_core"};
  nic.features["rx-gro-hw"] = kDropped;
  EXPECT_THAT(why_blocked(nic, "rx-gro-hw", {{"rx-gro-hw", true}}),
              HasSubstr("requested on, but not active"));
  nic.features["rx-gro-hw"] = kOff;
  EXPECT_THAT(why_blocked(nic, "rx-gro-hw", {{"rx-gro-hw", true}}), IsEmpty());
}

}  // namespace
}  // namespace tuner
