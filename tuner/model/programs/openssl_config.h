// What an OpenSSL configuration file sets for every program that loads it: the system default of
// libssl (config(5), SSL_CTX_config(3)). Pure.
#pragma once

#include "model/programs/config_source.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct OpensslConfig {
  // The three sections that lead to the system default, as this file names them: the value of
  // openssl_conf, of ssl_conf in that section, of system_default in that one. Empty from the first
  // missing link on.
  std::string init_section, ssl_section, default_section;
  // The names of the system default's commands, with their prefixes: "Options", "TLS.MinProtocol".
  std::vector<std::string> commands;
  // Whether Options turn kTLS on or off; nullopt: they do neither, so it stays off.
  std::optional<bool> ktls;
  ConfigPlace ktls_place;
  // Whether TLS 1.3 and TLS 1.2 are allowed.
  bool tls12 = true;
  bool tls13 = true;
  // Files that could not be read, and what was not understood: then the answer may be wrong.
  std::vector<std::string> doubts;
  // The files that were read, in order, and those that do not exist, which counts as empty.
  std::vector<std::string> files, missing;
  // A file that exists was not read, and any other section may lead to the system default.
  bool incomplete = false;
};

// `path`: the file that OPENSSL_CONF names, or openssl.cnf in OPENSSLDIR. A file that does not
// exist is an empty configuration, as for OpenSSL.
OpensslConfig read_openssl_config(std::string_view path, const ConfigSource& source);

}  // namespace tuner
