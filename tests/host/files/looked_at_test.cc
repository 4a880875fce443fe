#include "host/files/looked_at.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(LookedAt, CoversPathsThatALineNamesOrMatches) {
  const LookedAt list = LookedAt::parse("# where\n/proc/cmdline\n\n/sys/class/net*\n");
  EXPECT_TRUE(list.covers("/proc/cmdline"));
  EXPECT_TRUE(list.covers("/sys/class/net"));
  EXPECT_TRUE(list.covers("/sys/class/net/eth0/device/driver"));
  EXPECT_FALSE(list.covers("/proc/cmdline2"));
  EXPECT_FALSE(list.covers("# where"));
}

TEST(LookedAt, DoesNotCoverPathsThatCouldNotBeRead) {
  const LookedAt list = LookedAt::parse("!/etc/NetworkManager/secret\n/etc/NetworkManager*\n");
  EXPECT_FALSE(list.covers("/etc/NetworkManager/secret"));
  EXPECT_TRUE(list.covers("/etc/NetworkManager/other"));
}

TEST(LookedAt, AnEmptyListCoversNothing) {
  EXPECT_FALSE(LookedAt::parse("").covers("/proc/cmdline"));
  EXPECT_FALSE(LookedAt().covers("/"));
}

TEST(LookedAt, RecordingsWithoutAListCoverOnlyTheirOwnSysctls) {
  const LookedAt list = LookedAt::without_list();
  EXPECT_TRUE(list.covers("/proc/sys/net/ipv4/tcp_tw_recycle"));
  EXPECT_FALSE(list.covers("/proc/sys/net/ipv4/conf/all/rp_filter"));
  EXPECT_FALSE(list.covers("/proc/sys/vm/dirty_ratio"));
  EXPECT_FALSE(list.covers("/sys/module/sch_fq/initstate"));
}

}  // namespace
}  // namespace tuner
