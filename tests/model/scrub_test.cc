#include "model/scrub.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace tuner {
namespace {

std::string scrubbed(std::string_view text, std::string_view host = "web1.example.org") {
  return Scrubber(host).text(text, Secrets::Remove);
}

TEST(Scrub, AddressesGetOneSubstituteEach) {
  Scrubber scrub("");
  EXPECT_EQ(scrub.text("10.1.2.3 to 10.1.2.30, 10.1.2.3:443", Secrets::Remove),
            "192.0.2.1 to 192.0.2.2, 192.0.2.1:443");
  EXPECT_EQ(scrub.text("10.1.2.30", Secrets::Remove), "192.0.2.2") << "also in another file";
  EXPECT_EQ(scrub.text("[2a01:4f8::1]:443 2A01:04F8:0::1", Secrets::Remove),
            "[2001:db8::3]:443 2001:db8::3");
  EXPECT_EQ(scrub.counts().ip_addresses, 6U);
}

TEST(Scrub, TwoHostsNeverGetTheSameSubstitute) {
  Scrubber scrub("");
  std::set<std::string> substitutes;
  for (unsigned i = 0; i < 2000; ++i)
    substitutes.insert(scrub.text(fmt::format("10.1.{}.{}", i / 256, i % 256), Secrets::Remove));
  EXPECT_EQ(substitutes.size(), 2000U);
}

TEST(Scrub, AddressesWhereverTheyStand) {
  EXPECT_EQ(scrubbed("addr:10.1.2.3;x"), "addr:192.0.2.1;x");
  EXPECT_EQ(scrubbed("v10.1.2.3/24"), "v192.0.2.1/24");
  EXPECT_EQ(scrubbed("addr:fe80::1%eth0/64."), "addr:2001:db8::1%eth0/64.");
  EXPECT_EQ(scrubbed("::ffff:10.1.2.3"), "2001:db8::1");
  EXPECT_EQ(scrubbed("peer 10.1.2.3."), "peer 192.0.2.1.");
}

TEST(Scrub, AddressesThatEveryHostHasStay) {
  const std::string_view text = "127.0.0.1 0.0.0.0 ::1 :: 255.255.255.0 00:00:00:00:00:00";
  EXPECT_EQ(scrubbed(text), text);
}

TEST(Scrub, WhatOnlyLooksLikeAnAddressStays) {
  for (const std::string_view text :
       {"0000:00:03.0", "15b3:101d", "6.1.0-32-amd64", "12:30:45", "std::string", "1.2.3",
        "pci:v000015B3d0000101D", "cpu:type:x86,ven0000", "eth0: 1-0 dead:be", "3-5,7",
        "1048577-edge", "00000000-1111-2222-3333-444444444444"})
    EXPECT_EQ(scrubbed(text), text);
}

TEST(Scrub, MacAddressesInEachForm) {
  Scrubber scrub("");
  EXPECT_EQ(scrub.text("mac 52:54:00:AB:cd:ef: up", Secrets::Remove), "mac 02:00:00:00:00:01: up");
  EXPECT_EQ(scrub.text("52-54-00-ab-cd-ef", Secrets::Remove), "02-00-00-00-00-01");
  EXPECT_EQ(scrub.text("enx525400abcdef/queues", Secrets::Remove), "enx020000000001/queues");
  EXPECT_EQ(
      scrub.text("80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:ab:cd:ef", Secrets::Remove),
      "02:00:00:00:00:02")
      << "of InfiniBand";
  EXPECT_EQ(scrub.counts().mac_addresses, 4U);
}

TEST(Scrub, TheHostAndItsDomain) {
  EXPECT_EQ(scrubbed("web1 WEB1.example.org, x.example.org; web10 myweb1 web1-a"),
            "host host.domain, x.domain; web10 myweb1 host-a");
  EXPECT_EQ(scrubbed("localhost is no name", "localhost"), "localhost is no name");
  EXPECT_EQ(scrubbed("nothing", ""), "nothing");
}

TEST(Scrub, TheHostAndAddressesInTheNamesOfUnits) {
  EXPECT_EQ(scrubbed("app@web\\x2d1.service", "web-1"), "app@host.service");
  EXPECT_EQ(scrubbed("app@my\\x2dweb1.service"), "app@my\\x2dhost.service");
  EXPECT_EQ(scrubbed("vpn@10.1.2.3.service vpn\\x2d2a01:db8:0::1.service"),
            "vpn@192.0.2.1.service vpn\\x2d2001:db8::2.service");
}

TEST(Scrub, NamesOfUsersInPaths) {
  Scrubber scrub("");
  EXPECT_EQ(scrub.text("/home/anna/bin/a, /var/home/bert: /home/anna", Secrets::Assigned),
            "/home/user1/bin/a, /var/home/user2: /home/user1");
  EXPECT_EQ(scrub.text("/home/ /home", Secrets::Assigned), "/home/ /home");
  EXPECT_EQ(scrub.counts().user_names, 3U);
}

TEST(Scrub, OfASentenceOnlyWhatIsAssigned) {
  Scrubber scrub("");
  EXPECT_EQ(scrub.text("attached, and no key is set", Secrets::InSentence),
            "attached, and no key is set");
  EXPECT_EQ(scrub.text("x.conf: password = hunter2; token: a", Secrets::InSentence),
            "x.conf: password = [removed]");
}

TEST(Scrub, WhatStandsBehindTheWordForASecret) {
  EXPECT_EQ(scrubbed("password=hunter2"), "password=[removed]");
  EXPECT_EQ(scrubbed("psk = \"a b c\" # x"), "psk = [removed]");
  EXPECT_EQ(scrubbed("wep-key0: abc"), "wep-key0: [removed]");
  EXPECT_EQ(scrubbed("login x password hunter2"), "login x password [removed]");
  EXPECT_EQ(scrubbed("API_TOKEN=x"), "API_TOKEN=[removed]");
  EXPECT_EQ(scrubbed("proxy=https://me:word@proxy/"), "proxy=https://[removed]");
  EXPECT_EQ(scrubbed("keysize : 16\nbypass=1"), "keysize : 16\nbypass=1") << "other words";
}

TEST(Scrub, AModuleNamedForKeysIsNoSecret) {
  Scrubber scrub("");
  EXPECT_EQ(scrub.text("kernel/net/key/af_key.ko:", Secrets::NoneHere),
            "kernel/net/key/af_key.ko:");
}

TEST(Scrub, ANameOfAFileIsNoSecretUnlessSomethingIsAssigned) {
  Scrubber scrub("");
  EXPECT_EQ(scrub.text("/etc/sysctl.d/10-secret.conf", Secrets::Assigned),
            "/etc/sysctl.d/10-secret.conf");
  EXPECT_EQ(scrub.text("/lib/modules/6.1 secret=x/config", Secrets::Assigned),
            "/lib/modules/6.1 secret=[removed]");
}

TEST(Scrub, LinesKeepTheirNumbers) {
  EXPECT_EQ(scrubbed("\n\npassword=x\n10.0.0.1"), "\n\npassword=[removed]\n192.0.2.1");
  EXPECT_EQ(scrubbed("a\n"), "a\n");
}

}  // namespace
}  // namespace tuner
