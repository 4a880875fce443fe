#include "model/release.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Release, ReadsTheFirstNumber) {
  EXPECT_EQ(parse_release("OpenSSL 3.0.17 1 Jul 2025"), (ReleaseNumber{3, 0, 17}));
  EXPECT_EQ(parse_release("6.1.0-32-amd64"), (ReleaseNumber{6, 1, 0}));
  EXPECT_EQ(parse_release("7.3-rc1"), (ReleaseNumber{7, 3, 0}));
  EXPECT_EQ(parse_release("OpenSSL 4"), (ReleaseNumber{4, 0, 0}));
  EXPECT_FALSE(parse_release("LibreSSL"));
  EXPECT_FALSE(parse_release("99999999999999999999.1"));
}

TEST(Release, IsWrittenWithThreeNumbers) {
  EXPECT_EQ(to_text(ReleaseNumber{7, 3, 0}), "7.3.0");
}

TEST(Release, DebianNamesTheUpstreamKernelInItsVersion) {
  EXPECT_EQ(
      upstream_kernel("6.1.0-56-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-10-20)"),
      (ReleaseNumber{6, 1, 192}));
  EXPECT_EQ(upstream_kernel("6.12.117+deb12-amd64",
                            "#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1~bpo12+1 (2026-11-02)"),
            (ReleaseNumber{6, 12, 117}));
}

TEST(Release, AnUpstreamKernelIsItsOwnNumber) {
  EXPECT_EQ(upstream_kernel("6.12.30", "#1 SMP PREEMPT_DYNAMIC Mon Jun  1 00:00:00 UTC 2026"),
            (ReleaseNumber{6, 12, 30}));
}

// A number that a vendor gave says nothing of the fixes in it.
TEST(Release, AVendorsKernelIsNotKnown) {
  struct Case {
    const char* release;
    const char* version;
  };
  for (const Case& c :
       {Case{"5.14.0-427.el9.x86_64", "#1 SMP PREEMPT_DYNAMIC Wed May 1 2024"},
        Case{"6.8.0-40-generic", "#40-Ubuntu SMP PREEMPT_DYNAMIC Fri Jul 5 2024"},
        Case{"6.8.12-1-pve", "#1 SMP PREEMPT_DYNAMIC PMX 6.8.12-1 (2024-08-05)"},
        Case{"7.3-rc7", "#1 SMP Debian 7.3~rc7-1~exp1 (2026-10-01)"},
        Case{"6.1.0-56-amd64", "#1 SMP Debian testers' own build"}, Case{"7.3-rc7", "#1 SMP Mon"},
        Case{"6.12.30+", "#1 SMP Mon"}, Case{"6.12.30", "#1 SMP my Debian kernel"}, Case{"", ""}}) {
    EXPECT_EQ(upstream_kernel(c.release, c.version), std::nullopt)
        << c.release << ", " << c.version;
  }
}

}  // namespace
}  // namespace tuner
