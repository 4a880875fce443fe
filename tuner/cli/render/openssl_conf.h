// The configuration that openssl-conf prints: its comments, its document.
#pragma once

#include "document/openssl_conf.h"
#include "model/programs/ktls_config.h"
#include "model/programs/openssl_option.h"
#include "model/programs/programs.h"
#include "probe/config_readback.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

// What the configuration is for.
struct ConfUse {
  document::ConfBase base;
  std::optional<Program> program;  // nullopt: any one program
  OptionEffect effect;             // on the program
  std::string unit;                // that starts the program; empty: none is known
  std::vector<AcceptedRisk> accepted;
};

// "/etc/ssl/ktls-tuner-nginx.cnf": where the comments suggest to keep it. Of other names only the
// characters that mean nothing to a shell, systemd or OpenSSL are used.
std::string suggested_file(const ConfUse& use);

// The lines for `systemctl edit`.
std::vector<std::string> drop_in_lines(const ConfUse& use);

// The whole text. No comment can end one of its lines early or go on in the next one.
std::string conf_text(const KtlsConfig& config, const ConfUse& use);

document::OpensslConf conf_document(const KtlsConfig& config, const ConfUse& use,
                                    const ConfigReadback& base, const ConfigReadback& proof);

}  // namespace tuner
