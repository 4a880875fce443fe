#include "probe/handshake/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<std::string_view>;

TEST(Arguments, LoopbackProbesSixCellsWithinAMinute) {
  const auto arguments = parse_arguments(Words{"--loopback"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->what, Arguments::What::Loopback);
  EXPECT_EQ(arguments->cells.size(), 6U);
  EXPECT_EQ(arguments->bytes_each_way, 4U << 20U);
  EXPECT_EQ(arguments->time_limit, std::chrono::seconds(60));
  EXPECT_TRUE(arguments->ask_ktls);
  EXPECT_FALSE(arguments->key_updates);
  EXPECT_FALSE(arguments->kernel_trials);
}

TEST(Arguments, EveryOptionIsParsed) {
  const auto arguments = parse_arguments(Words{"--loopback", "--bytes", "1", "--time-limit", "9",
                                               "--without-ktls", "--key-updates", "--kernel-trials",
                                               "--version", "TLSv1.3", "--cipher", "AES-128-CCM"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->bytes_each_way, 1U);
  EXPECT_EQ(arguments->time_limit, std::chrono::seconds(9));
  EXPECT_FALSE(arguments->ask_ktls);
  EXPECT_TRUE(arguments->key_updates);
  EXPECT_TRUE(arguments->kernel_trials);
  ASSERT_EQ(arguments->cells.size(), 1U);
  EXPECT_EQ(arguments->cells[0].version, TlsVersion::Tls13);
  EXPECT_EQ(arguments->cells[0].cipher, TlsCipher::Aes128Ccm);
}

TEST(Arguments, AConfigurationIsAWordOrAPath) {
  const auto parsed = parse_arguments(Words{"--configuration", "/etc/ssl/openssl.cnf"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->what, Arguments::What::Configuration);
  EXPECT_EQ(parsed->configuration, "/etc/ssl/openssl.cnf");
  EXPECT_FALSE(parse_arguments(Words{"--configuration"}));
}

TEST(Arguments, AVersionOrACipherNarrowsTheCells) {
  EXPECT_EQ(parse_arguments(Words{"--loopback", "--version", "TLSv1.2"})->cells.size(), 3U);
  EXPECT_EQ(parse_arguments(Words{"--loopback", "--cipher", "AES-256-GCM"})->cells.size(), 2U);
}

TEST(Arguments, AServerElsewhereHasItsOwn) {
  const auto parsed = parse_arguments(Words{"--server", "[fe80::1%eth0]:25", "--starttls", "smtp",
                                            "--cafile", "/ca.pem", "--insecure", "--http-get", "/x",
                                            "--key-update", "--time-limit", "9"});
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->what, Arguments::What::Server);
  EXPECT_EQ(parsed->server_name, "fe80::1");
  EXPECT_EQ(parsed->starttls, Starttls::Smtp);
  EXPECT_EQ(parsed->ca_file, "/ca.pem");
  EXPECT_EQ(parsed->http_path, "/x");
  EXPECT_TRUE(parsed->insecure && parsed->key_update);
  EXPECT_EQ(parse_arguments(Words{"--server", "a:1", "--server-name", "b"})->server_name, "b");
  EXPECT_FALSE(parse_arguments(Words{"--server", "a:1", "--starttls", "pop3"}));
  EXPECT_FALSE(parse_arguments(Words{"--server", "a:1", "--server-name", ""}));
}

TEST(Arguments, ErrorsNameTheOptionAndHintAtTheUsage) {
  struct Case {
    Words words;
    const char* names;
  };
  for (const Case& c :
       {Case{{},
             "one of --library, --configuration, --loopback, --listen, --connect and --server is "
             "required"},
        Case{{"--loopback", "--bytes", "0"}, "--bytes: '0'"},
        Case{{"--loopback", "--bytes", "300000000"}, "'300000000'"},
        Case{{"--loopback", "--bytes", "4M"}, "'4M'"},
        Case{{"--loopback", "--bytes"}, "'--bytes' is unknown or needs a value"},
        Case{{"--loopback", "--time-limit", "-1"}, "--time-limit: '-1'"},
        Case{{"--loopback", "--version", "1.3"}, "--version: '1.3'"},
        Case{{"--loopback", "--cipher", "RC4"}, "--cipher: 'RC4'"},
        Case{{"--key-updates", "--connect", "a:1"}, "--key-updates is for --loopback"},
        Case{{"--kernel-trials", "--connect", "a:1"}, "--kernel-trials is for --loopback"},
        Case{{"--library", "--key-updates"}, "--key-updates is for --loopback"},
        Case{{"--loopback", "--verbose", "yes"}, "unknown option '--verbose'"}}) {
    const auto arguments = parse_arguments(c.words);
    ASSERT_FALSE(arguments) << c.names;
    EXPECT_EQ(arguments.error().fault, Fault::Invalid);
    EXPECT_THAT(arguments.error().text, HasSubstr(c.names));
    EXPECT_THAT(arguments.error().hint, HasSubstr("usage:"));
  }
}

}  // namespace
}  // namespace tuner
