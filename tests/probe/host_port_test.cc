#include "probe/host_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

TEST(HostPort, ParsesAddressesOfBothFamiliesAndNames) {
  EXPECT_EQ(*parse_peer("192.0.2.1:4433"), (HostPort{"192.0.2.1", 4433}));
  EXPECT_EQ(*parse_peer("[::1]:1"), (HostPort{"::1", 1}));
  EXPECT_EQ(*parse_peer("[fe80::1%eth0]:65535"), (HostPort{"fe80::1%eth0", 65535}));
  EXPECT_EQ(*parse_peer("a-host.example:443"), (HostPort{"a-host.example", 443}));
  EXPECT_EQ(*parse_listen_address("0.0.0.0:0"), (HostPort{"0.0.0.0", 0}));
  EXPECT_EQ(*parse_listen_address("[2001:db8::1]:4433"), (HostPort{"2001:db8::1", 4433}));
}

TEST(HostPort, ErrorsNameTheReasonAndTheRightForm) {
  struct Case {
    const char* text;
    const char* why;
  };
  for (const Case& c :
       {Case{"", "the port is missing"}, Case{"host", "the port is missing"},
        Case{"[::1]", "the port is missing"}, Case{":443", "the address is missing"},
        Case{"::1:443", "an IPv6 address must be in brackets"},
        Case{"[]:443", "this is neither an address nor a host name"},
        Case{"[host]:443", "only an IPv6 address may be in brackets"},
        Case{"[192.0.2.1]:443", "only an IPv6 address may be in brackets"},
        Case{"host:", "the port must be a number from 1 to 65535"},
        Case{"host:0", "the port must be a number from 1 to 65535"},
        Case{"host:65536", "the port must be a number from 1 to 65535"},
        Case{"host:http", "the port must be a number from 1 to 65535"},
        Case{"host:-1", "the port must be a number from 1 to 65535"},
        Case{"a host:1", "this is neither an address nor a host name"},
        Case{"a/b:1", "this is neither an address nor a host name"}}) {
    const auto place = parse_peer(c.text);
    ASSERT_FALSE(place) << c.text;
    EXPECT_EQ(place.error().fault, Fault::Invalid);
    EXPECT_THAT(place.error().text, HasSubstr(c.why)) << c.text;
    EXPECT_THAT(place.error().hint, HasSubstr("[2001:db8::1]:4433"));
  }
  EXPECT_FALSE(parse_peer(std::string(300, 'a') + ":1"));
}

TEST(HostPort, ListeningTakesAnAddressNotAName) {
  EXPECT_THAT(parse_listen_address("localhost:4433").error().text, HasSubstr("not a name"));
  EXPECT_THAT(parse_listen_address("x:99999").error().text, HasSubstr("from 0 to 65535"));
}

TEST(HostPort, TheAnyAddressIsRecognized) {
  EXPECT_TRUE(is_any_address({"0.0.0.0", 1}));
  EXPECT_TRUE(is_any_address({"::", 1}));
  EXPECT_TRUE(is_any_address({"0::0", 1}));
  EXPECT_FALSE(is_any_address({"::1", 1}));
  EXPECT_FALSE(is_any_address({"127.0.0.1", 1}));
}

TEST(HostPort, ToTextIsTheInverseOfParsing) {
  for (const char* text : {"192.0.2.1:4433", "[::1]:1", "host:80"}) {
    EXPECT_EQ(to_text(*parse_peer(text)), text);
  }
}

}  // namespace
}  // namespace tuner
