#include "host/recorded_nics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kNics = R"({
  "eth0": {"permanent_address": "52:54:00:12:34:56",
           "features": {"tls-hw-tx-offload": {"supported": true, "requested": true},
                        "tls-hw-record": {"supported": false, "fixed": true},
                        "odd": {"supported": "yes", "active": 1}}},
  "eth1": {}
})";

TEST(RecordedNics, AnswersWhatWasRecorded) {
  const auto port = recorded_nic_port(kNics);
  ASSERT_TRUE(port) << port.error().text;
  EXPECT_EQ((*port)->permanent_address("eth0").value(), "52:54:00:12:34:56");
  EXPECT_EQ((*port)->features("eth0").value(),
            (NicFeatures{{"tls-hw-tx-offload", {.supported = true, .requested = true}},
                         {"tls-hw-record", {.fixed = true}},
                         {"odd", {.fixed = true}}}));
}

TEST(RecordedNics, SaysWhatWasNotRecorded) {
  const auto port = recorded_nic_port(kNics).value()->features("eth1");
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().fault, Fault::NotFound);
  EXPECT_EQ(port.error().text, "the features of eth1 were not recorded");
  EXPECT_FALSE(recorded_nic_port(kNics).value()->permanent_address("eth1"));
  EXPECT_FALSE(recorded_nic_port(kNics).value()->features("eth9"));
}

TEST(RecordedNics, RefusesToSwitch) {
  const auto port = recorded_nic_port(kNics).value();
  const std::vector<FeatureChange> changes{{"tls-hw-tx-offload", false}};
  const auto refused = port->set_features("eth0", changes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Refused);
}

TEST(RecordedNics, AnotherShapeIsNamed) {
  const struct {
    const char* text;
    const char* complaint;
  } kCases[] = {
      {"", "not a JSON object"},
      {"[]", "not a JSON object"},
      {"{", "not a JSON object"},
      {R"({"eth0": 1})", "eth0 is no object"},
      {R"({"eth0": {"features": []}})", "eth0: features is no object"},
      {R"({"eth0": {"features": {"x": true}}})", "eth0: x is no object"},
  };
  for (const auto& row : kCases) {
    const auto port = recorded_nic_port(row.text);
    ASSERT_FALSE(port) << row.text;
    EXPECT_EQ(port.error().fault, Fault::Invalid);
    EXPECT_THAT(port.error().text, HasSubstr(row.complaint));
  }
}

}  // namespace
}  // namespace tuner
