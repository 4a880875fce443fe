// An OpenSSL configuration that keeps another one and asks for kTLS, proved by a process that
// loaded both.
#pragma once

#include "base/result.h"
#include "cli/request/verb.h"
#include "model/programs/ktls_config.h"
#include "probe/config_readback.h"

#include <functional>
#include <string>

namespace tuner {

struct ProvedConfig {
  KtlsConfig config;
  bool base_exists = false;
  std::string text;  // the whole file
  ConfigReadback before, proof;
};

// `path`: the configuration to keep. `text_of` makes the whole file; comments are its own matter.
// The helper loads both with the rights of this process, and a configuration can name code, so only
// files that no other user could have written are loaded. Refused: one could, or libssl does not
// take the result as meant; other faults as of ktls_config() and read_back().
Result<ProvedConfig> proved_config(
    const Context& context, const std::string& path,
    const std::function<std::string(const KtlsConfig& config, bool base_exists)>& text_of);

// The configuration that this host's libssl reads by itself. Faults as of read_back().
Result<std::string> own_config_file();

}  // namespace tuner
