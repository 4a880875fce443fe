// What `run` is about to do, and its text and document.
#pragma once

#include "base/cpu_set.h"
#include "document/run.h"
#include "model/local_node.h"
#include "model/programs/ktls_config.h"
#include "model/programs/openssl_option.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

struct RunNear {
  std::string nic;
  LocalNode local;
  CpuSet cpus;
};

struct RunKtls {
  OptionEffect effect;
  std::string base;  // the configuration that is kept
  std::string file;  // empty: base asks for kTLS itself
  std::string text;  // of the file
  std::vector<AcceptedRisk> accepted;
};

struct RunPlan {
  std::vector<std::string> command;
  std::string path;
  std::string executable;
  std::optional<RunNear> near;
  std::optional<RunKtls> ktls;
  std::vector<std::string> notes;  // a sentence each
};

// The file that OPENSSL_CONF names: comments, and the lines of the configuration.
std::string run_conf_text(const KtlsConfig& config, const std::string& base, bool base_exists);

std::string run_text(const RunPlan& plan);
document::CommandStart run_document(const RunPlan& plan);

}  // namespace tuner
