#include "host/sockets/collect.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

// The kernel hides the TLS of sockets without an error: "none" would be a lie then.
TEST(ShowsTls, BeforeLinux615OnlyToCapNetAdmin) {
  const DumpEvidence user{.tcp_sockets = 3};
  const DumpEvidence admin{.tcp_sockets = 3, .for_admin = true};
  for (const char* release : {"5.4.0", "6.1.0-32-amd64", "6.14.11"}) {
    EXPECT_FALSE(shows_tls(user, release)) << release;
    EXPECT_TRUE(shows_tls(admin, release)) << release;
  }
  EXPECT_TRUE(shows_tls(user, "6.15.0"));
  EXPECT_TRUE(shows_tls(user, "7.3.4"));
}

TEST(ShowsTls, AKernelBefore54NeverShowsIt) {
  EXPECT_FALSE(shows_tls({.tcp_sockets = 3, .for_admin = true}, "5.3.18"));
  EXPECT_TRUE(shows_tls({.tcp_sockets = 3, .ulp_seen = true}, "4.18.0-553.el8"))
      << "a vendor may have brought it along";
}

TEST(ShowsTls, AnUnknownReleaseProvesNothing) {
  EXPECT_FALSE(shows_tls({.tcp_sockets = 1, .for_admin = true}, "custom"));
}

TEST(ShowsTls, WithoutAnyConnectionThereIsNothingToHide) {
  EXPECT_TRUE(shows_tls({}, "6.1.0"));
}

}  // namespace
}  // namespace tuner
