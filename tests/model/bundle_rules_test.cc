#include "model/bundle_rules.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

std::string kept(std::string_view path, std::string_view text) {
  Scrubber scrub("web1");
  return kept_text(bundle_rule(path), text, scrub);
}

TEST(BundleRules, AFileWithoutARowStaysOut) {
  for (const std::string_view path :
       {"/etc/shadow", "/root/.ssh/id_rsa", "/proc/1/environ", "/etc/ssl/private/a.key",
        "/proc/sys/net/ipv4/tcp_fastopen_key", "/proc/sys/net/ipv6/conf/all/stable_secret",
        "/sys/class/net/eth0/address"})
    EXPECT_EQ(bundle_rule(path).keep, Keep::Nothing) << path;
}

TEST(BundleRules, OfAValueOnlyTheFirstLine) {
  EXPECT_EQ(kept("/proc/sys/net/core/rmem_max", "212992\nanything\n"), "212992\n");
  EXPECT_EQ(kept("/sys/class/net/eth0/operstate", "up\n"), "up\n");
  EXPECT_EQ(kept("/sys/devices/system/cpu/isolated", "\n"), "\n") << "an empty value is a value";
  EXPECT_EQ(kept("/sys/devices/system/cpu/isolated", ""), "");
}

TEST(BundleRules, OfWhatPeopleWriteOnlyTheLinesThatAreReadAtTheirPlace) {
  EXPECT_EQ(kept("/etc/sysctl.d/99-x.conf", "# for anna\nnet.core.rmem_max = 1\ndev.x = 2\n"),
            "\nnet.core.rmem_max = 1\n\n");
  EXPECT_EQ(kept("/etc/NetworkManager/system-connections/a.nmconnection",
                 "[connection]\nid=Home of Anna\ninterface-name=eth0\n[wifi-security]\npsk=x\n"
                 "[ethtool]\nring-rx=512\n"),
            "[connection]\n\ninterface-name=eth0\n\n\n[ethtool]\nring-rx=512\n");
}

TEST(BundleRules, ARuleOfUdevIsKeptAsAWhole) {
  EXPECT_EQ(kept("/etc/udev/rules.d/9.rules",
                 "A==\"x\", \\\n RUN+=\"a\"\nSUBSYSTEM==\"net\", \\\n RUN+=\"ethtool -K\"\n"),
            "\n\nSUBSYSTEM==\"net\", \\\n RUN+=\"ethtool -K\"\n");
}

TEST(BundleRules, ModulesByName) {
  EXPECT_EQ(kept("/lib/modules/6.1/modules.dep", "kernel/net/tls.ko: kernel/net/key/a.ko\n"),
            "kernel/net/tls.ko:\n");
  EXPECT_EQ(kept("/usr/lib/modules/6.1/modules.builtin", "kernel/net/key/af_key.ko\n"),
            "kernel/net/key/af_key.ko\n");
  EXPECT_EQ(kept("/etc/modprobe.d/x.conf",
                 "blacklist tls # web1\ninstall tls /bin/false\noptions x key=1\n"
                 "install y /bin/sh -c 'curl https://a:b@c'\n"),
            "blacklist tls\ninstall tls /bin/false\n\ninstall y /bin/sh ...\n");
}

TEST(BundleRules, OfTheKernelsOptionsOnlyTheDenyLists) {
  EXPECT_EQ(kept("/proc/cmdline", "ip=10.0.0.5 modprobe.blacklist=tls,nfp luks.key=x quiet\n"),
            "modprobe.blacklist=tls,nfp\n");
}

TEST(BundleRules, WhatLoadsTheModuleAtBoot) {
  EXPECT_EQ(kept("/proc/cmdline", "root=UUID=1 modules_load=tls,nvme quiet\n"),
            "modules_load=tls,nvme\n");
  EXPECT_EQ(kept("/etc/modules-load.d/x.conf", "# of anna\nnvme\ntls\n"), "\n\ntls\n");
  EXPECT_EQ(kept("/etc/modules", "tls\nlp password=x\n"), "tls\n\n");
}

TEST(BundleRules, OfMountsThoseWithTlsAndNotTheirServer) {
  EXPECT_EQ(kept("/proc/self/mounts",
                 "sysfs /sys sysfs rw 0 0\nfiler.example.org:/a /srv/a nfs4 rw,addr=10.1.2.3 0 0\n"
                 "filer:/b /home/anna/b nfs4 rw,xprtsec=mtls,addr=10.1.2.3 0 0\n"),
            "\n\nserver:/share /home/user1/b nfs xprtsec=mtls 0 0\n");
}

TEST(BundleRules, DefaultRoutesWithoutAddresses) {
  EXPECT_EQ(kept("/proc/net/route",
                 "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
                 "eth0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\n"
                 "eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\n"),
            "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
            "eth0\t00000000\t00000000\t0003\t0\t0\t0\t00000000\n\n");
  EXPECT_EQ(kept("/proc/net/ipv6_route",
                 "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
                 "fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n"
                 "2a010000000000000000000000000000 40 00000000000000000000000000000000 00 "
                 "00000000000000000000000000000000 00000400 00000001 00000000 00000003 eth0\n"),
            "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
            "00000000000000000000000000000000 00000400 00000001 00000000 00000003 eth0\n\n");
}

TEST(BundleRules, TheHostsNameIsASubstitute) {
  EXPECT_EQ(kept("/proc/sys/kernel/hostname", "web1\n"), "host\n");
}

TEST(BundleRules, SocketsAreOnlyThere) {
  EXPECT_EQ(kept("/run/irqbalance/irqbalance1.sock", "anything"), "");
  EXPECT_EQ(bundle_rule("/run/irqbalance/irqbalance1.sock").keep, Keep::Presence);
}

}  // namespace
}  // namespace tuner
