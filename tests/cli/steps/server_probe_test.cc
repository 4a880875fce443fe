#include "cli/steps/server_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Options of_server() {
  Options options;
  options.tls = true;
  options.connect = HostPort{.host = "a.example", .port = 443};
  return options;
}

TEST(ServerProbe, TakesTheServerFromTheOptions) {
  Options options = of_server();
  options.server_name = "b.example";
  options.starttls = Starttls::Imap;
  options.ca_file = "ca.pem";
  options.key_update = true;
  const auto probe = server_probe(options);
  ASSERT_TRUE(probe) << probe.error().text;
  EXPECT_EQ(probe->request.place, (HostPort{.host = "a.example", .port = 443}));
  EXPECT_EQ(probe->request.server_name, "b.example");
  EXPECT_EQ(probe->request.starttls, Starttls::Imap);
  EXPECT_THAT(probe->request.ca_file, StartsWith("/"));
  EXPECT_TRUE(probe->request.key_update);
  EXPECT_FALSE(probe->request.insecure);
}

TEST(ServerProbe, RefusesWhatContradictsOrCannotBeSent) {
  struct Case {
    std::function<void(Options&)> change;
    const char* text;
  };
  for (const Case& c : {
           Case{[](Options& o) { o.connect.reset(); }, "--tls is for a server elsewhere"},
           Case{[](Options& o) { o.bytes = 1; }, "no other end"},
           Case{[](Options& o) { o.thorough = true; }, "no other end"},
           Case{[](Options& o) { o.token_file = "x"; }, "no other end"},
           Case{[](Options& o) { o.http_get = "x"; }, "--http-get"},
           Case{[](Options& o) { o.http_get = "/a b"; }, "--http-get"},
           Case{[](Options& o) { o.http_get = "/a\r\nX: y"; }, "\\x0d"},
           Case{[](Options& o) { o.http_get = "/\xc3\xa4"; }, "--http-get"},
           Case{[](Options& o) { o.http_get = "/" + std::string(9000, 'x'); }, "--http-get"},
           Case{[](Options& o) { o.server_name = "a b"; }, "--server-name"},
           Case{[](Options& o) { o.server_name = std::string(254, 'a'); }, "--server-name"},
           Case{[](Options& o) {
                  o.http_get = "/";
                  o.starttls = Starttls::Smtp;
                },
                "no --starttls"},
           Case{[](Options& o) {
                  o.insecure = true;
                  o.ca_file = "x";
                },
                "--cafile has no effect"},
       }) {
    Options options = of_server();
    c.change(options);
    const auto probe = server_probe(options);
    ASSERT_FALSE(probe) << c.text;
    EXPECT_EQ(probe.error().fault, Fault::Invalid);
    EXPECT_THAT(probe.error().text, HasSubstr(c.text));
    EXPECT_FALSE(probe.error().hint.empty());
  }
}

TEST(ServerProbe, AnOptionForAServerIsNamed) {
  Options options;
  EXPECT_EQ(option_for_server(options), "");
  options.key_update = true;
  EXPECT_EQ(option_for_server(options), "--key-update");
  options.server_name = "x";
  EXPECT_EQ(option_for_server(options), "--server-name");
}

}  // namespace
}  // namespace tuner
