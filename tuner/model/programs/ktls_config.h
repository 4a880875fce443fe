// An OpenSSL configuration that keeps another one and asks for kTLS. Pure.
#pragma once

#include "base/result.h"
#include "model/programs/openssl_config.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct KtlsConfig {
  std::string lines;               // the configuration, without comments
  std::string section;             // the system default, in which the option is
  std::string command;             // "ktls-tuner.Options"
  std::vector<std::string> added;  // links of the chain that `base` lacks: "ssl_conf"
};

enum class KtlsOption { On, Off };

// `base`: what read_openssl_config() says of the file `path`. A base that does not exist is not
// included: if it came later, its openssl_conf would replace ours.
//
// The option has a prefix, because a plain Options would replace that of the distribution. The
// prefix is one that the base does not have.
//
// Refused: a file of the base was not read, or the path or a section has a character that means
// something in a configuration. Then nothing is known of the result.
Result<KtlsConfig> ktls_config(std::string_view path, const OpensslConfig& base,
                               KtlsOption option = KtlsOption::On);

}  // namespace tuner
