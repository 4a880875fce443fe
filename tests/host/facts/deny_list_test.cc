#include "host/facts/deny_list.h"

#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;

std::optional<std::string> denial(const FakeMachine& machine) {
  return find_denial(machine.host().files(), "tls");
}

TEST(DenyList, ReturnsTheLineThatDenies) {
  EXPECT_EQ(denial_in("# no TLS here\n\nblacklist tls\n", "tls"), "3: blacklist tls");
  EXPECT_EQ(denial_in("  install\ttls   /bin/false\n", "tls"), "1: install\ttls   /bin/false");
  EXPECT_EQ(denial_in("install tls /usr/bin/true # CIS 3.4", "tls"),
            "1: install tls /usr/bin/true # CIS 3.4");
}

TEST(DenyList, AContinuedLineHasTheNumberOfItsFirstLine) {
  EXPECT_EQ(denial_in("options x y=1\ninstall tls \\\n  /bin/false\n", "tls"),
            "2: install tls    /bin/false");
}

TEST(DenyList, OtherLinesDenyNothing) {
  for (const char* line : {"#blacklist tls", "blacklist tls_device", "blacklist", "install tls",
                           "install tls /sbin/modprobe --ignore-install tls", "options tls x=1",
                           "alias tls off", "softdep tls pre: x", "", "blacklist \\"})
    EXPECT_EQ(denial_in(line, "tls"), std::nullopt) << line;
}

TEST(DenyList, DashAndUnderscoreAreEqual) {
  EXPECT_TRUE(denial_in("blacklist aesni-intel", "aesni_intel"));
  EXPECT_TRUE(same_module("nf-conntrack", "nf_conntrack"));
  EXPECT_FALSE(same_module("tls", "tls2"));
}

TEST(DenyList, SearchesAllFolders) {
  FakeMachine machine;
  EXPECT_EQ(denial(machine), std::nullopt);
  machine.set("/usr/lib/modprobe.d/hardening.conf", "blacklist dccp\nblacklist tls");
  machine.set("/etc/modprobe.d/readme.txt", "blacklist tls");
  EXPECT_EQ(denial(machine), "/usr/lib/modprobe.d/hardening.conf:2: blacklist tls");
}

TEST(DenyList, AFileInEtcHidesTheFileOfThatNameInUsr) {
  FakeMachine machine;
  machine.set("/usr/lib/modprobe.d/hardening.conf", "blacklist tls");
  machine.set("/etc/modprobe.d/hardening.conf", "# no longer denied");
  EXPECT_EQ(denial(machine), std::nullopt);
}

TEST(DenyList, ReadsTheKernelCommandLine) {
  FakeMachine machine;
  machine.set("/proc/cmdline", "ro module_blacklist=nouveau,tls quiet");
  EXPECT_EQ(denial(machine), "/proc/cmdline: module_blacklist=nouveau,tls");
  machine.set("/proc/cmdline", "ro modprobe.blacklist=tls");
  EXPECT_EQ(denial(machine), "/proc/cmdline: modprobe.blacklist=tls");
  machine.set("/proc/cmdline", "ro module_blacklist=tls2 tls");
  EXPECT_EQ(denial(machine), std::nullopt);
}

}  // namespace
}  // namespace tuner
