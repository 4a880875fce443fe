#include "host/files/recorded_paths.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(RecordedPaths, CoversPathsThatALineNamesOrMatches) {
  const RecordedPaths list = RecordedPaths::parse("# where\n/proc/cmdline\n\n/sys/class/net*\n");
  EXPECT_TRUE(list.covers("/proc/cmdline"));
  EXPECT_TRUE(list.covers("/sys/class/net"));
  EXPECT_TRUE(list.covers("/sys/class/net/eth0/device/driver"));
  EXPECT_FALSE(list.covers("/proc/cmdline2"));
  EXPECT_FALSE(list.covers("# where"));
}

TEST(RecordedPaths, DoesNotCoverPathsThatCouldNotBeRead) {
  const RecordedPaths list =
      RecordedPaths::parse("!/etc/NetworkManager/secret\n/etc/NetworkManager*\n");
  EXPECT_FALSE(list.covers("/etc/NetworkManager/secret"));
  EXPECT_TRUE(list.covers("/etc/NetworkManager/other"));
}

TEST(RecordedPaths, AnEmptyListCoversNothing) {
  EXPECT_FALSE(RecordedPaths::parse("").covers("/proc/cmdline"));
  EXPECT_FALSE(RecordedPaths().covers("/"));
}

TEST(RecordedPaths, RecordingsWithoutAListCoverOnlyTheirOwnSysctls) {
  const RecordedPaths list = RecordedPaths::without_list();
  EXPECT_TRUE(list.covers("/proc/sys/net/ipv4/tcp_tw_recycle"));
  EXPECT_FALSE(list.covers("/proc/sys/net/ipv4/conf/all/rp_filter"));
  EXPECT_FALSE(list.covers("/proc/sys/vm/dirty_ratio"));
  EXPECT_FALSE(list.covers("/sys/module/sch_fq/initstate"));
}

}  // namespace
}  // namespace tuner
