// A subject's place, name and group in a journal are not trusted: only the key counts.
#include "host/facts/collect.h"
#include "knobs/catalog.h"
#include "knobs/queue_files.h"
#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

std::optional<Subject> located(std::string_view knob, std::string key) {
  const Facts facts = collect_facts(testing::two_node_machine().host(), FactNeed::All);
  const Subject edited{.knob = std::string(knob),
                       .key = std::move(key),
                       .name = "../../../etc/shadow",
                       .place = "/etc/shadow",
                       .group = "/etc/shadow",
                       .device = "/etc/shadow"};
  return find_knob(knob)->locate(edited, facts);
}

TEST(Locate, AnEditedPlaceIsReplacedFromTheKey) {
  EXPECT_EQ(located("sysctl", "sysctl:net.core.rmem_max")->place, "/proc/sys/net/core/rmem_max");
  EXPECT_EQ(located("module", "module:tls")->place, "tls");
  EXPECT_EQ(located("persist", "persist:/etc/sysctl.d/90-ktls-tuner.conf")->place,
            "/etc/sysctl.d/90-ktls-tuner.conf");
  EXPECT_EQ(located("irqbalance", "irqbalance:0000:81:00.0")->place, "0000:81:00.0");
  EXPECT_EQ(located("irqbalance", "irqbalance:0000:ff:00.0")->place, "0000:ff:00.0");
}

TEST(Locate, AnInvalidKeyIsNoSubject) {
  const std::vector<std::pair<std::string_view, std::string>> keys{
      {"sysctl", "sysctl:net/../../../etc/passwd"},
      {"sysctl", "sysctl:net.core...rmem_max"},
      {"sysctl", "sysctl:net/core/rmem_max"},
      {"sysctl", "module:tls"},
      {"sysctl", ""},
      {"module", "module:../../etc/passwd"},
      {"module", "module:a/b"},
      {"module", "module:"},
      {"module", "module:-r"},
      {"module", "sysctl:net.core.rmem_max"},
      {"persist", "persist:/etc/shadow"},
      {"persist", "persist:/etc/sysctl.d/../shadow"},
      {"irqbalance", "irqbalance:/etc/shadow"},
      {"irqbalance", "irq:0000:81:00.0/rxtx-3"},
  };
  for (const auto& [knob, key] : keys) EXPECT_FALSE(located(knob, key)) << knob << " " << key;
}

TEST(Locate, AQueueNumberMustBeInRange) {
  const auto queue = [](std::string_view number) {
    return queue_in_key("xps:a/tx-" + std::string(number) + "/cpus", "xps:a/tx-", "/cpus");
  };
  EXPECT_EQ(queue("0"), 0);
  EXPECT_EQ(queue("12"), 12);
  EXPECT_EQ(queue(std::to_string(CpuSet::kLimit - 1)), CpuSet::kLimit - 1);
  for (const std::string_view number : {"", "x", "1x", "-1", "0x1", "99999999999999999999"})
    EXPECT_EQ(queue(number), std::nullopt) << number;
  EXPECT_EQ(queue(std::to_string(CpuSet::kLimit)), std::nullopt);
  EXPECT_EQ(queue_in_key("rps:a/tx-0/cpus", "xps:a/tx-", "/cpus"), std::nullopt);
}

// Families of NICs and CPUs locate only subjects that are in the facts.
TEST(Locate, NoFamilyFindsASubjectThatFactsDoNotHave) {
  for (const Knob& knob : catalog()) {
    for (const char* key : {"", "/etc/shadow", "irq:/etc/shadow", "xps:../tx-0", "rps:../rx-0",
                            "feature:/etc/shadow/x", "cpufreq:../governor", "irq:0/rxtx-99"}) {
      const auto found = located(knob.info.name, key);
      EXPECT_FALSE(found && found->place.find("shadow") != std::string::npos)
          << knob.info.name << " " << key;
      EXPECT_FALSE(found && found->place.find("..") != std::string::npos)
          << knob.info.name << " " << key;
    }
  }
}

}  // namespace
}  // namespace tuner
