// What the configuration of a server says of its TLS: whether it is on, whether it asks for kTLS,
// and whether TLS 1.3 is allowed. The files are read, the server is never asked. Pure.
#pragma once

#include "model/programs/config_source.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct ServerConfig {
  bool tls = false;                 // some listener or virtual host has TLS
  ConfigPlace tls_place = {};       // the end of the first line that says so
  std::optional<bool> ktls;         // what it says of kTLS; nullopt: nothing
  ConfigPlace ktls_place;           // of the last word on it
  std::optional<bool> tls13;        // nullopt: the program's default
  std::vector<std::string> doubts;  // what was not read or not understood: the answer only seems so
  bool operator==(const ServerConfig&) const = default;
};

// lighttpd.conf with its includes. Of blocks with conditions ($HTTP["host"] == …) the worst case
// counts: kTLS is off only if nothing switches it on again.
ServerConfig read_lighttpd_config(std::string_view path, const ConfigSource& source);

// nginx.conf with its includes. kTLS counts as on if any block switches it on, TLS 1.3 if any
// server that listens with TLS has it in its ssl_protocols, its own or those of a block around it.
ServerConfig read_nginx_config(std::string_view path, const ConfigSource& source);

// haproxy.cfg, and the *.cfg in the folder conf.d beside it. kTLS counts as on if any bind, server
// or default-server line has "ktls on" and the section global has no "noktls". TLS 1.3
// counts as allowed unless each such line, or ssl-default-bind-options and
// ssl-default-server-options, exclude it.
ServerConfig read_haproxy_config(std::string_view path, const ConfigSource& source);

}  // namespace tuner
