#include "model/programs/ssl_conf.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(SslConf, OptionsSwitchKernelTls) {
  EXPECT_EQ(ssl_conf_effect("Options", "NoTicket, KTLS").ktls, true);
  EXPECT_EQ(ssl_conf_effect("options", "-ktls").ktls, false);
  EXPECT_EQ(ssl_conf_effect("Options", "NoTicket").ktls, std::nullopt);
  EXPECT_EQ(ssl_conf_effect("Ciphersuites", "KTLS").ktls, std::nullopt);
}

TEST(SslConf, ProtocolsAllowOrForbidVersions) {
  const auto all_but = ssl_conf_effect("Protocol", "ALL, -TLSv1.3");
  EXPECT_EQ(all_but.tls12, true);
  EXPECT_EQ(all_but.tls13, false);
  const auto only = ssl_conf_effect("Protocol", "TLSv1.2");
  EXPECT_EQ(only.tls12, true);
  EXPECT_EQ(only.tls13, false);
  const auto less = ssl_conf_effect("Protocol", "-TLSv1.3");
  EXPECT_EQ(less.tls12, std::nullopt);
  EXPECT_EQ(less.tls13, false);
  EXPECT_EQ(ssl_conf_effect("MaxProtocol", "TLSv1.2").tls13, false);
  EXPECT_EQ(ssl_conf_effect("MaxProtocol", "None").tls13, true);
  EXPECT_EQ(ssl_conf_effect("MinProtocol", "TLSv1.3").tls12, false);
}

}  // namespace
}  // namespace tuner
