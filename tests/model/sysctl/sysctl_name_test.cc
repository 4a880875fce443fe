#include "model/sysctl/sysctl_name.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

struct Spelling {
  std::string_view name;
  std::string_view canonical;
  std::string_view path;
};

class Spellings : public ::testing::TestWithParam<Spelling> {};

TEST_P(Spellings, HaveOneNameAndOneFile) {
  const auto& [name, canonical, path] = GetParam();
  EXPECT_EQ(canonical_sysctl_name(name).value(), canonical);
  EXPECT_EQ(sysctl_path(name).value(), path);
  EXPECT_EQ(canonical_sysctl_name(canonical).value(), canonical);
  EXPECT_EQ(sysctl_path(canonical).value(), path);
}

// sysctl.d(5): the first separator decides.
INSTANTIATE_TEST_SUITE_P(
    SysctlD, Spellings,
    ::testing::Values(
        Spelling{"net.core.rmem_max", "net.core.rmem_max", "/proc/sys/net/core/rmem_max"},
        Spelling{"net/core/rmem_max", "net.core.rmem_max", "/proc/sys/net/core/rmem_max"},
        Spelling{"kernel.domainname", "kernel.domainname", "/proc/sys/kernel/domainname"},
        Spelling{"net.ipv4.conf.eth0/100.forwarding", "net.ipv4.conf.eth0/100.forwarding",
                 "/proc/sys/net/ipv4/conf/eth0.100/forwarding"},
        Spelling{"net/ipv4/conf/eth0.100/forwarding", "net.ipv4.conf.eth0/100.forwarding",
                 "/proc/sys/net/ipv4/conf/eth0.100/forwarding"},
        Spelling{"net/ipv4/conf/br-lan_1/mc_forwarding", "net.ipv4.conf.br-lan_1.mc_forwarding",
                 "/proc/sys/net/ipv4/conf/br-lan_1/mc_forwarding"}));

TEST(SysctlName, HasAtMostTheLongestLength) {
  const std::string longest = "net." + std::string(508, 'x');
  EXPECT_TRUE(canonical_sysctl_name(longest));
  EXPECT_FALSE(canonical_sysctl_name(longest + "x"));
}

class Refused : public ::testing::TestWithParam<std::string> {};

TEST_P(Refused, HasNeitherNameNorPath) {
  const auto path = sysctl_path(GetParam());
  ASSERT_FALSE(path.has_value()) << *path;
  EXPECT_EQ(path.error().fault, Fault::Invalid);
  EXPECT_FALSE(path.error().hint.empty());
  EXPECT_FALSE(canonical_sysctl_name(GetParam()).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Names, Refused,
    ::testing::Values("", ".", "..", "/", "//", "rmem_max", "net", "net.", "net/", ".net", "/net",
                      "net..core", "net//core", "net.core.", "net/core/", ".net.core",
                      "/net/core/rmem_max", "/proc/sys/net/core/rmem_max", "../net/core",
                      "net/../../etc/passwd", "net/core/..", "net/./core", "net/..", "../../etc",
                      // '/' means '.' in the dotted spelling, so these would be ".." and "."
                      "net.//.core", "net.core.//", "net./.core", "//.net.core",
                      // mixed: the first separator is a dot, so the others are swapped
                      "net.core/../../etc", "a./", "a.//", "net.core.rmem max",
                      "net.core.rmem_max ", " net.core.rmem_max", "net.core.rmem_max\n",
                      "net.core.rmem\tmax", std::string("net.core.a\0b", 12), "net.core.\x1b[31m",
                      "net.core.\x7f", "net.core.rmem_m\xC3\xA4x", "net.ipv4.conf.*.forwarding",
                      "net.ipv4.conf.[a-z].x", "net.core.a?", "-net.core.rmem_max",
                      "net.core.rmem_max=1", "net.core.a\\b", "net.core.\"a\"",
                      "net." + std::string(600, 'a')));

}  // namespace
}  // namespace tuner
