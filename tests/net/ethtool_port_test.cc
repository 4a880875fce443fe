#include "host/net/ethtool_port.h"

#include "net/namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

class EthtoolPort : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string& reason = testing::enter_namespace(); !reason.empty())
      GTEST_SKIP() << reason;
  }

  NicFeature feature(std::string_view name) {
    const auto all = port_->features("tst0");
    if (!all) {
      ADD_FAILURE() << all.error().text;
      return {};
    }
    const auto found = all->find(name);
    if (found == all->end()) ADD_FAILURE() << "no feature " << name;
    return found == all->end() ? NicFeature() : found->second;
  }

  Outcome set(std::vector<FeatureChange> changes) { return port_->set_features("tst0", changes); }

  std::unique_ptr<NicPort> port_ = ethtool_port();
};

TEST_F(EthtoolPort, ReadsAllFeaturesOfTheKernel) {
  EXPECT_TRUE(feature("tx-tcp-segmentation").supported);
  EXPECT_FALSE(feature("tx-tcp-segmentation").fixed);
  // No kernel has TLS offload for veth.
  EXPECT_TRUE(feature("tls-hw-tx-offload").fixed);
  EXPECT_FALSE(feature("tls-hw-tx-offload").active);
}

TEST_F(EthtoolPort, SetsSeveralFeaturesInOneMessage) {
  ASSERT_TRUE(set({{"tx-tcp-segmentation", true}, {"tx-generic-segmentation", true}}));
  ASSERT_TRUE(feature("tx-generic-segmentation").active);
  ASSERT_TRUE(set({{"tx-tcp-segmentation", false}, {"tx-generic-segmentation", false}}));
  for (const char* name : {"tx-tcp-segmentation", "tx-generic-segmentation"}) {
    EXPECT_FALSE(feature(name).requested) << name;
    EXPECT_FALSE(feature(name).active) << name;
  }
  ASSERT_TRUE(set({{"tx-tcp-segmentation", true}, {"tx-generic-segmentation", true}}));
  EXPECT_TRUE(feature("tx-tcp-segmentation").active);
}

// veth links no NAPI instance to its queues, but has queues; before Linux 6.8 there is no list.
TEST_F(EthtoolPort, ReadsTheKernelsListOfQueues) {
  const auto queues = port_->kernel_queues("tst0");
  if (!queues) {
    EXPECT_EQ(queues.error().fault, Fault::Unsupported) << queues.error().text;
    EXPECT_EQ(port_->kernel_queues("tst0").error().text, queues.error().text) << "asked once";
    return;
  }
  const auto channels = port_->shape(NicShape::Channels, "tst0");
  ASSERT_TRUE(channels);
  std::int64_t rx = 0;
  for (const KernelQueue& queue : queues->queues) rx += queue.direction == QueueDirection::Rx;
  EXPECT_EQ(rx, channels->at("rx").value);
  const auto missing = port_->kernel_queues("nonesuch0");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().fault, Fault::NotFound) << missing.error().text;
  EXPECT_TRUE(port_->kernel_queues("tst0")) << "an error does not spoil the next question";
}

TEST_F(EthtoolPort, ReadsAndSetsChannels) {
  const auto channels = port_->shape(NicShape::Channels, "tst0");
  ASSERT_TRUE(channels) << channels.error().text;
  const auto rx = channels->find("rx");
  ASSERT_NE(rx, channels->end());
  ASSERT_TRUE(rx->second.maximum);
  const std::vector<ParameterChange> same{{"rx", rx->second.value}};
  EXPECT_TRUE(port_->set_shape(NicShape::Channels, "tst0", same));
}

TEST_F(EthtoolPort, ARefusedShapeHasTheKernelsText) {
  const std::vector<ParameterChange> absurd{{"rx", 60000}};
  const auto refused = port_->set_shape(NicShape::Channels, "tst0", absurd);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().errno_value, EINVAL);
  EXPECT_THAT(refused.error().text, HasSubstr("set the channels of tst0 to rx 60000"));
  EXPECT_THAT(refused.error().text, HasSubstr("exceeds maximum")) << "extended ACK";
}

TEST_F(EthtoolPort, ADriverWithoutRingsIsUnsupported) {
  const auto none = port_->shape(NicShape::Coalesce, "tst0");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fault, Fault::Unsupported);
}

// Segmentation offload needs checksum offload: the kernel disables it without, and restores it.
TEST_F(EthtoolPort, RequestedAndActiveCanDiffer) {
  ASSERT_TRUE(set({{"tx-checksum-ip-generic", true}, {"tx-tcp-segmentation", true}}));
  ASSERT_TRUE(set({{"tx-checksum-ip-generic", false}}));
  EXPECT_TRUE(feature("tx-tcp-segmentation").requested);
  EXPECT_FALSE(feature("tx-tcp-segmentation").active);
  ASSERT_TRUE(set({{"tx-checksum-ip-generic", true}}));
  EXPECT_TRUE(feature("tx-tcp-segmentation").active);
}

TEST_F(EthtoolPort, SettingTheCurrentStateSucceeds) {
  ASSERT_TRUE(set({{"tx-generic-segmentation", true}}));
  EXPECT_TRUE(set({{"tx-generic-segmentation", true}}));
}

TEST_F(EthtoolPort, SettingAFixedFeatureSucceedsWithoutEffect) {
  EXPECT_TRUE(set({{"tls-hw-tx-offload", true}})) << "the kernel accepts it without effect";
  EXPECT_FALSE(feature("tls-hw-tx-offload").requested);
}

TEST_F(EthtoolPort, AnUnknownNameHasTheKernelsText) {
  const auto unknown = set({{"tls-hw-nonsense", true}});
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().text, HasSubstr("set features of tst0: tls-hw-nonsense on: "));
  EXPECT_THAT(unknown.error().text, HasSubstr("bit name not found"));
  EXPECT_TRUE(feature("tx-generic-segmentation").supported) << "the socket still works";
}

TEST_F(EthtoolPort, AnUnknownInterfaceIsNotFound) {
  const auto features = port_->features("tst9");
  ASSERT_FALSE(features);
  EXPECT_EQ(features.error().fault, Fault::NotFound);
  EXPECT_THAT(features.error().text, HasSubstr("read the features of tst9"));
  const std::string too_long(40, 'x');
  EXPECT_FALSE(port_->features(too_long));
  EXPECT_EQ(port_->permanent_address("tst9").error().fault, Fault::NotFound);
  EXPECT_EQ(port_->permanent_address(too_long).error().fault, Fault::NotFound);
}

TEST_F(EthtoolPort, AVirtualInterfaceHasNoPermanentAddress) {
  const auto address = port_->permanent_address("tst0");
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().fault, Fault::NotFound);
  EXPECT_EQ(address.error().text, "read the permanent address of tst0: the device has none");
}

TEST_F(EthtoolPort, WithoutTheCapabilityTheHintNamesIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to change the user";
  const pid_t child = ::fork();
  if (child == 0) {
    const bool dropped = ::setresuid(65534, 65534, 65534) == 0;
    const auto port = ethtool_port();
    const std::vector<FeatureChange> off{{"tx-tcp-segmentation", false}};
    const auto denied = port->set_features("tst0", off);
    const bool right = !denied && denied.error().fault == Fault::NotPermitted &&
                       denied.error().hint == "needs CAP_NET_ADMIN" && port->features("tst0");
    ::_exit(dropped && right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace tuner
