// One command of SSL_CONF_cmd(3). openssl.cnf, lighttpd's ssl-conf-cmd and nginx's ssl_conf_command
// all use them. Pure.
#pragma once

#include <optional>
#include <string_view>

namespace tuner {

// What a command decides; nullopt: it leaves that as it was.
struct SslConfEffect {
  std::optional<bool> ktls;
  std::optional<bool> tls12, tls13;  // whether the version is allowed
};

// Names and words in any case. A command or word without effect on these decides nothing.
SslConfEffect ssl_conf_effect(std::string_view command, std::string_view value);

}  // namespace tuner
