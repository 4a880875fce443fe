#include "model/programs/server_config.h"

#include "support/config_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::ConfigFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ServerConfig lighttpd(const std::string& text) {
  const ConfigFiles files{{"/etc/lighttpd/lighttpd.conf", text}};
  return read_lighttpd_config("/etc/lighttpd/lighttpd.conf", files.source());
}

ServerConfig nginx(const std::string& text) {
  const ConfigFiles files{{"/etc/nginx/nginx.conf", text}};
  return read_nginx_config("/etc/nginx/nginx.conf", files.source());
}

ServerConfig haproxy(const std::string& text) {
  const ConfigFiles files{{"/etc/haproxy/haproxy.cfg", text}};
  return read_haproxy_config("/etc/haproxy/haproxy.cfg", files.source());
}

TEST(LighttpdConfig, HasTlsOnlyWithItsEngine) {
  EXPECT_FALSE(lighttpd("server.port = 80\n# ssl.engine = \"enable\"\n").tls);
  EXPECT_FALSE(lighttpd("ssl.engine = \"disable\"").tls);
  EXPECT_TRUE(lighttpd("$SERVER[\"socket\"] == \":443\" {\n ssl.engine = \"enable\"\n}\n").tls);
  EXPECT_TRUE(lighttpd("ssl.engine=\"enable\"").tls);
}

TEST(ServerConfig, NamesTheEndOfTheFirstLineWithTls) {
  EXPECT_EQ(to_text(nginx("http {\n server {\n  listen 80;\n  listen\n   443\n   ssl;\n"
                          "  ssl_certificate x;\n }\n}\n")
                        .tls_place),
            "/etc/nginx/nginx.conf:6");
  EXPECT_EQ(nginx("http { server { listen 80; } }").tls_place, ConfigPlace{});
  EXPECT_EQ(to_text(lighttpd("server.port = 443\nssl.engine = \"enable\"\n").tls_place),
            "/etc/lighttpd/lighttpd.conf:2");
}

TEST(LighttpdConfig, ReadsItsSwitchForKernelTls) {
  const ServerConfig off = lighttpd(
      "ssl.engine = \"enable\"\n"
      "ssl.openssl.ssl-conf-cmd = (\"MinProtocol\" => \"TLSv1.2\",\n"
      "  \"Options\" => \"-ServerPreference, -KTLS\")\n");
  EXPECT_EQ(off.ktls, false);
  EXPECT_EQ(to_text(off.ktls_place), "/etc/lighttpd/lighttpd.conf:3");
  EXPECT_EQ(off.tls13, std::nullopt);
  EXPECT_EQ(lighttpd("ssl.openssl.ssl-conf-cmd += (\"Options\" => \"KTLS\")").ktls, true);
  EXPECT_EQ(lighttpd("ssl.openssl.ssl-conf-cmd += (\"Options\" => \"NoTicket\")").ktls,
            std::nullopt);
  EXPECT_EQ(lighttpd("# ssl.openssl.ssl-conf-cmd += (\"Options\" => \"-KTLS\")").ktls,
            std::nullopt);
}

TEST(LighttpdConfig, KeepsOnWhatOneBlockSwitchesOn) {
  EXPECT_EQ(lighttpd("$HTTP[\"host\"] == \"a\" { ssl.openssl.ssl-conf-cmd = (\"Options\" => "
                     "\"KTLS\") }\nssl.openssl.ssl-conf-cmd = (\"Options\" => \"-KTLS\")")
                .ktls,
            true);
}

TEST(LighttpdConfig, ReadsTheHighestProtocol) {
  EXPECT_EQ(lighttpd("ssl.openssl.ssl-conf-cmd = (\"MaxProtocol\" => \"TLSv1.2\")").tls13, false);
  EXPECT_EQ(lighttpd("ssl.openssl.ssl-conf-cmd = (\"Protocol\" => \"ALL, -TLSv1.3\")").tls13,
            false);
  EXPECT_EQ(lighttpd("ssl.openssl.ssl-conf-cmd = (\"MaxProtocol\" => \"TLSv1.3\")").tls13, true);
}

TEST(LighttpdConfig, ReadsIncludesAndDoubtsWhatOnlyACommandKnows) {
  const ConfigFiles files{
      {"/etc/lighttpd/lighttpd.conf",
       "include_shell \"/usr/share/lighttpd/include-conf-enabled.pl\"\n"
       "include \"extra.conf\"\ninclude_shell \"/bin/other\"\n"},
      {"/etc/lighttpd/conf-enabled/10-ssl.conf", "ssl.engine = \"enable\"\n"},
      {"/etc/lighttpd/extra.conf", "ssl.openssl.ssl-conf-cmd += (\"Options\" => \"-KTLS\")\n"}};
  const auto config = read_lighttpd_config("/etc/lighttpd/lighttpd.conf", files.source());
  EXPECT_TRUE(config.tls);
  EXPECT_EQ(config.ktls, false);
  EXPECT_EQ(to_text(config.ktls_place), "/etc/lighttpd/extra.conf:1");
  EXPECT_THAT(config.doubts, ElementsAre(HasSubstr("lighttpd.conf:3")));
}

TEST(NginxConfig, ReadsOptionsProtocolsAndListeners) {
  const ServerConfig config = nginx(
      "http { ssl_protocols TLSv1.2;\n server { listen 443 ssl; # x\n"
      "  ssl_conf_command Options KTLS; } }");
  EXPECT_TRUE(config.tls);
  EXPECT_EQ(config.ktls, true);
  EXPECT_EQ(to_text(config.ktls_place), "/etc/nginx/nginx.conf:3");
  EXPECT_EQ(config.tls13, false);
  EXPECT_THAT(config.doubts, IsEmpty());

  const ServerConfig plain = nginx("http { server { listen 80; root \"/ssl_certificate x;\"; } }");
  EXPECT_FALSE(plain.tls);
  EXPECT_EQ(plain.ktls, std::nullopt);
  EXPECT_EQ(plain.tls13, std::nullopt);
}

TEST(NginxConfig, CountsTls13IfAnyBlockAllowsIt) {
  EXPECT_EQ(nginx("ssl_protocols TLSv1.3 TLSv1.2; ssl_protocols TLSv1.2;").tls13, true);
  EXPECT_EQ(nginx("ssl_conf_command Options -KTLS;").ktls, false);
}

TEST(NginxConfig, AServerTakesItsProtocolsFromTheNearestBlockWithThem) {
  const auto tls13 = [](const std::string& http, const std::string& servers) {
    return nginx("http { " + http + servers + " }").tls13;
  };
  const std::string both = "ssl_protocols TLSv1.2 TLSv1.3; ";
  const std::string own = "server { listen 443 ssl; ssl_protocols TLSv1.2; location / { } } ";
  const std::string plain = "server { listen 443 ssl; } ";
  EXPECT_EQ(tls13(both, own), false) << "as Debian's nginx.conf, and a server with its own";
  EXPECT_EQ(tls13(both, own + plain), true);
  EXPECT_EQ(tls13(both, own + "server { listen 80; }"), false);
  EXPECT_EQ(tls13("", own + plain), std::nullopt) << "one has the program's default";
  EXPECT_EQ(tls13("", own), false);
  EXPECT_EQ(nginx("http { " + own + "} stream { " + both + plain + "}").tls13, true);
  EXPECT_EQ(tls13(plain, both), true) << "the order does not matter";
  EXPECT_EQ(nginx("}}} server { listen 443 ssl; }").tls13, std::nullopt);
}

TEST(NginxConfig, ReadsIncludesAndDoubtsWhatItCannotRead) {
  ConfigFiles files{{"/etc/nginx/nginx.conf", "include sites/*; include /secret; include /loop;"},
                    {"/etc/nginx/sites/a", "ssl_conf_command Options KTLS;"},
                    {"/loop", "include /loop;"}};
  files.unreadable = {"/secret"};
  const auto config = read_nginx_config("/etc/nginx/nginx.conf", files.source());
  EXPECT_EQ(config.ktls, true);
  EXPECT_THAT(config.doubts, ElementsAre(HasSubstr("/secret"), HasSubstr("too many")));
}

TEST(HaproxyConfig, ReadsTheOptionOfItsLinesWithTls) {
  const ServerConfig on = haproxy(
      "global\n  expose-experimental-directives\nfrontend web\n  bind :80\n"
      "  bind :443 ssl crt /x.pem ktls on # here\n");
  EXPECT_TRUE(on.tls);
  EXPECT_EQ(on.ktls, true);
  EXPECT_EQ(to_text(on.ktls_place), "/etc/haproxy/haproxy.cfg:5");
  EXPECT_EQ(on.tls_place, on.ktls_place);
  EXPECT_EQ(on.tls13, true);
  EXPECT_THAT(on.doubts, IsEmpty());

  EXPECT_EQ(haproxy("backend b\n  server s 10.0.0.1:443 ssl verify none ktls on\n").ktls, true);
  EXPECT_EQ(haproxy("backend b\n  default-server ktls on\n  server s h:1 ssl\n").ktls, true);
  EXPECT_EQ(haproxy("frontend f\n  bind :443 ssl crt /x ktls off\n").ktls, false);
  EXPECT_EQ(haproxy("frontend f\n  bind :443 ssl crt /x\n# bind :1 ssl ktls on\n").ktls,
            std::nullopt);
}

TEST(HaproxyConfig, HasNoTlsWithoutTheWordSslAmongTheOptions) {
  EXPECT_FALSE(haproxy("frontend ssl\n  bind ssl:80\nbackend ssl\n  server ssl ssl:80\n").tls);
  EXPECT_FALSE(haproxy("frontend f\n  bind :80 name ktls\n").tls);
}

TEST(HaproxyConfig, ReadsTheFolderOfDebiansUnit) {
  const ConfigFiles files{
      {"/etc/haproxy/haproxy.cfg", "global\n  expose-experimental-directives\n"},
      {"/etc/haproxy/conf.d/web.cfg", "frontend f\n  bind :443 ssl crt /x ktls on\n"}};
  const auto config = read_haproxy_config("/etc/haproxy/haproxy.cfg", files.source());
  EXPECT_EQ(config.ktls, true);
  EXPECT_EQ(to_text(config.ktls_place), "/etc/haproxy/conf.d/web.cfg:2");
}

TEST(HaproxyConfig, IsOffForAllByNoktls) {
  const ServerConfig off =
      haproxy("frontend f\n  bind :443 ssl crt /x ktls on\nglobal\n  noktls\n");
  EXPECT_EQ(off.ktls, false);
  EXPECT_EQ(to_text(off.ktls_place), "/etc/haproxy/haproxy.cfg:4");
}

TEST(HaproxyConfig, AllowsTls13UnlessEachLineWithTlsExcludesIt) {
  const std::string bind = "frontend f\n  bind :443 ssl crt /x ";
  EXPECT_EQ(haproxy(bind + "ssl-max-ver TLSv1.2\n").tls13, false);
  EXPECT_EQ(haproxy(bind + "force-tlsv12\n").tls13, false);
  EXPECT_EQ(haproxy(bind + "no-tlsv13\n").tls13, false);
  EXPECT_EQ(haproxy(bind + "ssl-max-ver TLSv1.3\n").tls13, true);
  EXPECT_EQ(haproxy(bind + "force-tlsv13\n").tls13, true);
  EXPECT_EQ(haproxy(bind + "no-tlsv13\n  bind :444 ssl crt /x\n").tls13, true);
  const std::string both =
      "global\n  ssl-default-bind-options ssl-max-ver TLSv1.2 no-tls-tickets\n";
  EXPECT_EQ(haproxy(both + bind + "\n").tls13, false);
  EXPECT_EQ(haproxy(both + bind + "\nbackend b\n  server s h:1 ssl\n").tls13, true)
      << "they are for bind lines alone";
  EXPECT_EQ(haproxy(both).tls13, std::nullopt) << "no TLS at all";
}

TEST(ServerConfig, SurvivesTextThatIsNoConfiguration) {
  for (const char* text :
       {"", "\"", "'\\", "ssl.engine =", "ssl.openssl.ssl-conf-cmd = (\"Options\" =>", "include",
        "{{{{;;;;", "=>=>+=", "ssl_conf_command Options", "bind", "server a", "default-server ktls",
        "bind x ssl-max-ver"}) {
    EXPECT_FALSE(lighttpd(text).tls) << text;
    EXPECT_FALSE(nginx(text).tls) << text;
    EXPECT_FALSE(haproxy(text).tls) << text;
  }
}

}  // namespace
}  // namespace tuner
