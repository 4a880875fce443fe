#include "bench/load/kernel/memory_controllers.h"

#include "host/files/file_tree.h"
#include "support/temp_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Files as a server with two processors and two channels each has them (uncore_snbep.c).
class MemoryControllers : public ::testing::Test {
 protected:
  void SetUp() override {
    add("uncore_imc_0", 14);
    add("uncore_imc_1", 15);
    write("uncore_imc_free_running_0/events/read", "event=0xff,umask=0x20");
    write("cpu/type", "4");
  }

  void write(std::string_view inside, std::string_view text) const {
    folder_.write(fmt::format("/sys/bus/event_source/devices/{}", inside), text);
  }

  void add(std::string_view device, int type) const {
    write(fmt::format("{}/type", device), fmt::format("{}\n", type));
    write(fmt::format("{}/cpumask", device), "0,18\n");
    write(fmt::format("{}/format/event", device), "config:0-7\n");
    write(fmt::format("{}/format/umask", device), "config:8-15\n");
    for (const auto& [event, terms] : {std::pair{"cas_count_read", "event=0x04,umask=0x03"},
                                       std::pair{"cas_count_write", "event=0x04,umask=0x0c"}}) {
      write(fmt::format("{}/events/{}", device, event), fmt::format("{}\n", terms));
      write(fmt::format("{}/events/{}.scale", device, event), "6.103515625e-5\n");
      write(fmt::format("{}/events/{}.unit", device, event), "MiB\n");
    }
  }

  Result<std::vector<MemoryEvent>> found() const {
    return memory_events(**recorded_file_tree(folder_.path()));
  }
  std::string refused() const {
    const auto events = found();
    return events ? "" : events.error().text;
  }

  testing::TempFolder folder_;
};

TEST_F(MemoryControllers, ReadsAndWritesOfEachChannelAndProcessor) {
  const auto events = found();
  ASSERT_TRUE(events) << events.error().text;
  EXPECT_THAT(*events, ElementsAre(MemoryEvent{14, 0x0304, 0}, MemoryEvent{14, 0x0304, 18},
                                   MemoryEvent{14, 0x0c04, 0}, MemoryEvent{14, 0x0c04, 18},
                                   MemoryEvent{15, 0x0304, 0}, MemoryEvent{15, 0x0304, 18},
                                   MemoryEvent{15, 0x0c04, 0}, MemoryEvent{15, 0x0c04, 18}));
}

// Half of the controllers would look like all of them, and another unit like another sum.
TEST_F(MemoryControllers, WhatIsNotKnownIsRefusedAndNotLeftOut) {
  write("uncore_imc_1/events/cas_count_write.unit", "Bytes\n");
  EXPECT_THAT(refused(), HasSubstr("uncore_imc_1/events/cas_count_write.unit has 'Bytes'"));
  add("uncore_imc_1", 15);
  write("uncore_imc_1/events/cas_count_read.scale", "6.103515625e-4\n");
  EXPECT_THAT(refused(), HasSubstr("cas_count_read.scale has '6.103515625e-4'"));
  add("uncore_imc_1", 15);
  write("uncore_imc_1/format/umask", "config1:8-15\n");
  EXPECT_THAT(refused(), HasSubstr("format/umask has 'config1:8-15'"));
  write("uncore_imc_1/format/umask", "config:8-9\n");
  EXPECT_THAT(refused(), HasSubstr("format/umask has 'config:8-9'")) << "0x0c has four bits";
  add("uncore_imc_1", 15);
  write("uncore_imc_1/cpumask", "\n");
  EXPECT_THAT(refused(), HasSubstr("uncore_imc_1/cpumask has ''"));
  write("uncore_imc_1/cpumask", "0,18\n");
  write("uncore_imc_1/events/cas_count_read", "event=0x\n");
  EXPECT_THAT(refused(), HasSubstr("events/cas_count_read has '0x'"));
}

TEST(MemoryControllersElsewhere, AMachineWithoutThemSaysSo) {
  const testing::TempFolder folder;
  folder.write("/sys/bus/event_source/devices/cpu/type", "4");
  const auto events = memory_events(**recorded_file_tree(folder.path()));
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().fault, Fault::Unsupported);
  EXPECT_THAT(events.error().text, HasSubstr("no counters of its memory controllers"));
  const testing::TempFolder empty;
  EXPECT_FALSE(memory_events(**recorded_file_tree(empty.path())));
}

TEST(MemoryControllersElsewhere, ADesktopHasOtherNames) {
  const testing::TempFolder folder;
  const std::string device = "/sys/bus/event_source/devices/uncore_imc";
  folder.write(device + "/type", "9");
  folder.write(device + "/cpumask", "0");
  folder.write(device + "/format/event", "config:0-7");
  for (const auto& [event, config] :
       {std::pair{"data_reads", "event=0x01"}, std::pair{"data_writes", "event=0x02"}}) {
    folder.write(fmt::format("{}/events/{}", device, event), config);
    folder.write(fmt::format("{}/events/{}.scale", device, event), "6.103515625e-5");
    folder.write(fmt::format("{}/events/{}.unit", device, event), "MiB");
  }
  const auto events = memory_events(**recorded_file_tree(folder.path()));
  ASSERT_TRUE(events) << events.error().text;
  EXPECT_THAT(*events, ElementsAre(MemoryEvent{9, 1, 0}, MemoryEvent{9, 2, 0}));
}

}  // namespace
}  // namespace tuner
