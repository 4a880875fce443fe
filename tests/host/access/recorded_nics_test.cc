#include "host/access/recorded_nics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kNics = R"({
  "eth0": {"permanent_address": "52:54:00:12:34:56",
           "features": {"tls-hw-tx-offload": {"supported": true, "requested": true},
                        "tls-hw-record": {"supported": false, "fixed": true},
                        "odd": {"supported": "yes", "active": 1}},
           "channels": {"combined": {"value": 4, "maximum": 8}},
           "coalesce": {"adaptive-rx": {"value": 1, "maximum": null}}},
  "eth1": {}
})";

TEST(RecordedNics, ReturnsRecordedFeaturesAndAddress) {
  const auto port = recorded_nic_port(kNics);
  ASSERT_TRUE(port) << port.error().text;
  EXPECT_EQ((*port)->permanent_address("eth0").value(), "52:54:00:12:34:56");
  EXPECT_EQ((*port)->features("eth0").value(),
            (NicFeatures{{"tls-hw-tx-offload", {.supported = true, .requested = true}},
                         {"tls-hw-record", {.fixed = true}},
                         {"odd", {.fixed = true}}}));
}

TEST(RecordedNics, ReturnsRecordedParameters) {
  const auto port = recorded_nic_port(kNics).value();
  EXPECT_EQ(port->shape(NicShape::Channels, "eth0").value(),
            (NicParameters{{"combined", {.value = 4, .maximum = 8}}}));
  EXPECT_EQ(port->shape(NicShape::Coalesce, "eth0").value(),
            (NicParameters{{"adaptive-rx", {.value = 1}}}));
  const auto rings = port->shape(NicShape::Rings, "eth0");
  ASSERT_FALSE(rings);
  EXPECT_EQ(rings.error().fault, Fault::NotRecorded);
  EXPECT_EQ(rings.error().text, "the rings of eth0 were not recorded");
}

TEST(RecordedNics, ReturnsTheRecordedQueuesOfTheKernel) {
  const auto port = recorded_nic_port(R"({"eth0": {"kernel_queues": {
      "queues": [{"direction": "rx", "number": 0, "napi": 8193, "consumer": "xsk"},
                 {"direction": "tx", "number": 1, "napi": null}],
      "napis": [{"id": 4294967295, "irq": 45, "thread": 812, "threads": "busy-poll"},
                {"id": 8193, "irq": null}]}}, "eth1": {"kernel_queues": null}, "eth2": {}})");
  ASSERT_TRUE(port) << port.error().text;
  const KernelQueues expected{
      .queues = {{.direction = QueueDirection::Rx,
                  .number = 0,
                  .napi = 8193,
                  .consumer = QueueConsumer::Xsk},
                 {.direction = QueueDirection::Tx, .number = 1}},
      .napis = {{.id = 4294967295U, .irq = 45, .thread = 812, .threads = NapiThreads::BusyPoll},
                {.id = 8193}}};
  EXPECT_EQ((*port)->kernel_queues("eth0").value(), expected);
  EXPECT_EQ((*port)->kernel_queues("eth1").error().fault, Fault::Unsupported)
      << "the kernel has no list";
  for (const char* older : {"eth2", "eth3"}) {
    const auto queues = (*port)->kernel_queues(older);
    ASSERT_FALSE(queues) << older;
    EXPECT_EQ(queues.error().fault, Fault::NotRecorded) << "not no queues";
  }
}

TEST(RecordedNics, QueuesOfAnotherStructureAreInvalid) {
  for (const char* queues :
       {R"([])", R"({})", R"({"queues": [], "napis": {}})", R"({"queues": [7], "napis": []})",
        R"({"queues": [{"direction": "rx"}], "napis": []})",
        R"({"queues": [{"direction": "up", "number": 0}], "napis": []})",
        R"({"queues": [{"number": -1}], "napis": []})",
        R"({"queues": [{"number": 0, "consumer": 1}], "napis": []})",
        R"({"queues": [], "napis": [{"irq": 4}]})",
        R"({"queues": [], "napis": [{"id": 4294967296}]})",
        R"({"queues": [], "napis": [{"id": 1, "threads": "maybe"}]})"}) {
    const auto port =
        recorded_nic_port(std::string(R"({"eth0": {"kernel_queues": )") + queues + "}}");
    ASSERT_FALSE(port) << queues;
    EXPECT_EQ(port.error().fault, Fault::Invalid) << queues;
    EXPECT_THAT(port.error().text, HasSubstr("nics.json")) << queues;
  }
}

TEST(RecordedNics, NullMeansUnsupportedByTheDriver) {
  const auto port =
      recorded_nic_port(R"({"eth0": {"rings": null, "permanent_address": ""}})").value();
  EXPECT_EQ(port->shape(NicShape::Rings, "eth0").error().fault, Fault::Unsupported);
  EXPECT_EQ(port->shape(NicShape::Channels, "eth0").error().fault, Fault::NotRecorded);
  EXPECT_EQ(port->permanent_address("eth0").error().fault, Fault::NotFound);
  EXPECT_EQ(port->permanent_address("eth1").error().fault, Fault::NotRecorded);
}

TEST(RecordedNics, RefusesToSetAShape) {
  const auto port = recorded_nic_port(kNics).value();
  const std::vector<ParameterChange> changes{{"combined", 2}};
  const auto refused = port->set_shape(NicShape::Channels, "eth0", changes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Refused);
}

TEST(RecordedNics, NamesWhatWasNotRecorded) {
  const auto port = recorded_nic_port(kNics).value()->features("eth1");
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().fault, Fault::NotRecorded);
  EXPECT_EQ(port.error().text, "the features of eth1 were not recorded");
  EXPECT_FALSE(recorded_nic_port(kNics).value()->permanent_address("eth1"));
  EXPECT_FALSE(recorded_nic_port(kNics).value()->features("eth9"));
}

TEST(RecordedNics, RefusesToSetFeatures) {
  const auto port = recorded_nic_port(kNics).value();
  const std::vector<FeatureChange> changes{{"tls-hw-tx-offload", false}};
  const auto refused = port->set_features("eth0", changes);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Refused);
}

TEST(RecordedNics, NamesMalformedJson) {
  const struct {
    const char* text;
    const char* complaint;
  } cases[] = {
      {"", "not a JSON object"},
      {"[]", "not a JSON object"},
      {"{", "not a JSON object"},
      {R"({"eth0": 1})", "eth0 is not an object"},
      {R"({"eth0": {"features": []}})", "eth0: features is not an object"},
      {R"({"eth0": {"features": {"x": true}}})", "eth0: x is not an object"},
      {R"({"eth0": {"rings": 4}})", "eth0: rings is not an object"},
      {R"({"eth0": {"rings": {"rx": 4}}})", "eth0: rx has no value"},
      {R"({"eth0": {"rings": {"rx": {"value": -1}}}})", "eth0: rx: '-1' is not a whole number"},
      {R"({"eth0": {"rings": {"rx": {"value": 1.5}}}})", "eth0: rx: '1.5' is not a whole number"},
      {R"({"eth0": {"rings": {"rx": {"value": 4294967296}}}})", "eth0: rx: '4294967296'"},
      {R"({"eth0": {"rings": {"rx": {"value": 18446744073709551615}}}})", "eth0: rx: '1844674"},
      {R"({"eth0": {"rings": {"rx": {"value": 4, "maximum": 9223372036854775808}}}})",
       "eth0: rx: maximum: '9223372036854775808'"},
      {R"({"eth0": {"rings": {"rx": {"value": 4, "maximum": "8"}}}})", "eth0: rx: maximum: "},
      {R"({"eth0": {"rings": {"rx": {"value": 1e400}}}})", "not a JSON object"},
      {R"({"eth0": {"rings": {"rx": {"value": "4"}}}})", "eth0: rx: '\"4\"' is not a whole number"},
  };
  for (const auto& row : cases) {
    const auto port = recorded_nic_port(row.text);
    ASSERT_FALSE(port) << row.text;
    EXPECT_EQ(port.error().fault, Fault::Invalid);
    EXPECT_THAT(port.error().text, HasSubstr(row.complaint));
  }
}

}  // namespace
}  // namespace tuner
