#include "probe/warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(Warnings, TheShortVersionHasNoDate) {
  EXPECT_EQ(short_version("OpenSSL 3.0.17 1 Jul 2025"), "OpenSSL 3.0.17");
  EXPECT_EQ(short_version("odd"), "odd");
}

// The combinations of libssl and kernel that were measured.
TEST(Warnings, AKeyUpdateIsSafeOnlyWithANewLibraryAndANewKernel) {
  struct Case {
    const char* library;
    bool kernel_rekeys;
    const char* warning;  // nullptr: none
  };
  const Case cases[] = {
      {"OpenSSL 3.0.22 1 Jan 2026", false, "bad record MAC"},
      {"OpenSSL 3.0.22 1 Jan 2026", true, "bad record MAC"},
      {"OpenSSL 3.1.8 11 Feb 2025", true, "bad record MAC"},
      {"OpenSSL 3.2.0 23 Nov 2023", false, "no suitable record layer"},
      {"OpenSSL 3.5.7 9 Jun 2026", false, "no suitable record layer"},
      {"OpenSSL 3.5.7 9 Jun 2026", true, nullptr},
      {"OpenSSL 4.0.1 1 Jul 2026", true, nullptr},
      {"what is this", true, "bad record MAC"},  // an unknown version is unsafe
  };
  for (const Case& c : cases) {
    const auto warning = key_update_warning(c.library, c.kernel_rekeys);
    ASSERT_EQ(warning.has_value(), c.warning != nullptr) << c.library << c.kernel_rekeys;
    if (!warning) continue;
    EXPECT_THAT(*warning, HasSubstr(c.warning));
    EXPECT_THAT(*warning, HasSubstr("6.14 or later is safe"));  // the remedy
  }
}

TEST(Warnings, TheMovedBufferDefectIsNamedInEachBranchThatHasIt) {
  for (const char* safe :
       {"OpenSSL 3.0.22 1 Jan 2026", "OpenSSL 3.1.9", "OpenSSL 3.5.7", "OpenSSL 3.5.9",
        "OpenSSL 3.6.3", "OpenSSL 3.6.5", "OpenSSL 4.0.1", "OpenSSL 4.1.0"})
    EXPECT_EQ(moving_buffer_warning(safe), std::nullopt) << safe;
  for (const char* affected :
       {"OpenSSL 3.5.6 7 Apr 2026", "OpenSSL 3.6.0", "OpenSSL 3.6.2", "OpenSSL 4.0.0"})
    EXPECT_THAT(moving_buffer_warning(affected), Optional(HasSubstr("can send wrong data")))
        << affected;
  // Not known is not safe.
  for (const char* unknown : {"OpenSSL 3.2.0", "OpenSSL 3.4.9", "what is this"})
    EXPECT_THAT(moving_buffer_warning(unknown), Optional(HasSubstr("may send wrong data")))
        << unknown;
  EXPECT_THAT(moving_buffer_warning("OpenSSL 3.6.0"),
              Optional(HasSubstr("Fixed in 3.5.7, 3.6.3, 4.0.1.")));
}

ProbeReport report(TlsVersion version, TlsPath tx, TlsPath rx) {
  ProbeReport made;
  made.library = {.version = "OpenSSL 3.0.17", .config_file = "/x.cnf", .config_asks = true};
  made.cells = {{.version = version, .tx = tx, .rx = rx}};
  return made;
}

TEST(Warnings, OnlyTls13InTheKernelWarnsOfKeyUpdates) {
  using enum TlsPath;
  const auto warned = [](TlsVersion version, TlsPath tx, TlsPath rx) {
    return !probe_warnings(report(version, tx, rx), false).empty();
  };
  EXPECT_TRUE(warned(TlsVersion::Tls13, Kernel, Userspace));
  EXPECT_TRUE(warned(TlsVersion::Tls13, Device, Kernel));
  EXPECT_TRUE(warned(TlsVersion::Tls13, Userspace, Kernel));
  EXPECT_FALSE(warned(TlsVersion::Tls13, Userspace, Userspace));
  EXPECT_FALSE(warned(TlsVersion::Tls12, Kernel, Kernel));
}

TEST(Warnings, SendingInTheKernelIsSeenAtTheOwnEnd) {
  using enum TlsPath;
  EXPECT_TRUE(sends_in_kernel(report(TlsVersion::Tls12, Kernel, Userspace)));
  EXPECT_TRUE(sends_in_kernel(report(TlsVersion::Tls12, Unknown, Userspace)));
  EXPECT_FALSE(sends_in_kernel(report(TlsVersion::Tls12, Userspace, Kernel)));
  EXPECT_FALSE(sends_in_kernel(ProbeReport{}));
}

TEST(Warnings, UserSpacePathsNeedNoWarning) {
  ProbeReport idle = report(TlsVersion::Tls13, TlsPath::Userspace, TlsPath::Userspace);
  idle.library.config_asks = false;
  idle.library.version = "OpenSSL 3.5.0";
  EXPECT_THAT(probe_warnings(idle, false), IsEmpty());
}

}  // namespace
}  // namespace tuner
