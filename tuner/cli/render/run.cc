#include "cli/render/run.h"

#include "base/text.h"
#include "model/utf8.h"

#include <fmt/format.h>

namespace tuner {
namespace {

using document::or_null;
using document::word;

std::string node_text(const LocalNode& local) {
  return local.node < 0 ? std::string("no NUMA nodes here")
                        : fmt::format("memory of {} preferred", local.name);
}

std::string ktls_text(const RunKtls& ktls) {
  if (ktls.file.empty()) return fmt::format("kTLS: {} asks for it already\n", ktls.base);
  return fmt::format(
      "kTLS: OPENSSL_CONF={}, which keeps {} and adds the option KTLS\n"
      "effect: {}: {}{}\n",
      ktls.file, ktls.base, word_of(ktls.effect.kind),
      ktls.effect.sure ? "" : "seems so: ", ktls.effect.because);
}

}  // namespace

// OpenSSL looks for a backslash at the end of a line before it removes comments; the path of a base
// has none (ktls_config()).
std::string run_conf_text(const KtlsConfig& config, const std::string& base, bool base_exists) {
  const std::string keeps = base_exists ? fmt::format("It keeps everything of {} and adds", base)
                                        : "There was no configuration to keep, so it has";
  return escaped_line("# OpenSSL configuration with kernel TLS. Written by ktls-tuner run.") +
         "\n" + escaped_line(fmt::format("# {} the option KTLS.", keeps)) + "\n" + config.lines;
}

std::string run_text(const RunPlan& plan) {
  std::string text = fmt::format("command: {}\n", plan.path);
  if (plan.executable != plan.path) text += fmt::format("executable: {}\n", plan.executable);
  if (plan.near)
    text += fmt::format("near {}: CPUs {}, {}\n", plan.near->nic, plan.near->cpus.to_list(),
                        node_text(plan.near->local));
  if (plan.ktls) text += ktls_text(*plan.ktls);
  for (const std::string& note : plan.notes) text += fmt::format("note: {}\n", note);
  return text;
}

document::CommandStart run_document(const RunPlan& plan) {
  document::CommandStart run{.command = plan.command,
                             .path = plan.path,
                             .executable = plan.executable,
                             .near = {},
                             .ktls = {},
                             .notes = plan.notes};
  if (plan.near) {
    run.near =
        document::RunNear{.nic = plan.near->nic, .node = {}, .cpus = plan.near->cpus.to_list()};
    if (plan.near->local.node >= 0) run.near->node = plan.near->local.node;
  }
  if (!plan.ktls) return run;
  run.ktls = document::RunKtls{.effect = word(plan.ktls->effect.kind),
                               .sure = plan.ktls->effect.sure,
                               .already = plan.ktls->effect.already,
                               .because = plan.ktls->effect.because,
                               .base = plan.ktls->base,
                               .file = or_null(plan.ktls->file),
                               .accepted_risks = {}};
  for (const AcceptedRisk risk : plan.ktls->accepted)
    run.ktls->accepted_risks.push_back(word(risk));
  return run;
}

}  // namespace tuner
