// The document of `run --dry-run`: where a command would run, and with which OpenSSL configuration.
#pragma once

#include "document/common.h"
#include "model/programs/openssl_option.h"

namespace tuner::document {

struct RunNear {
  std::string nic;
  std::optional<std::int64_t> node;
  std::string cpus;
};

void describe(auto& keys, Exactly<RunNear> auto& near) {
  keys.object("run_near", "The place near a NIC");
  keys.key({"nic", {}, kNotEmpty}, near.nic);
  keys.key({"node", "Its memory is preferred; null: this kernel has no NUMA nodes"}, near.node);
  keys.key({"cpus", "A list as of the kernel: 0-3,8", kNotEmpty}, near.cpus);
}

struct RunKtls {
  std::string effect;
  bool sure = false;
  bool already = false;
  std::string because;
  std::string base;
  std::optional<std::string> file;
  Texts accepted_risks;
};

void describe(auto& keys, Exactly<RunKtls> auto& ktls) {
  keys.object("run_ktls", "The configuration that asks for kTLS");
  keys.key(
      {"effect",
       "gains: it uses kTLS. no-effect: it cannot. unknown: no TLS was found in it, or whether "
       "it reads the configuration is not known. The others: as in openssl-conf",
       {.words = words_of<OptionEffect::Kind>()}},
      ktls.effect);
  keys.key({"sure", "false: what was read only suggests it"}, ktls.sure);
  keys.key({"already", "It uses kTLS without this, too"}, ktls.already);
  keys.key({"because", "A clause, or a sentence for a risk"}, ktls.because);
  keys.key({"base", "The configuration that is kept", kNotEmpty}, ktls.base);
  keys.key({"file", "What OPENSSL_CONF names then; null: base asks for kTLS itself"}, ktls.file);
  keys.key({"accepted_risks", {}, {.words = words_of<AcceptedRisk>()}}, ktls.accepted_risks);
}

struct CommandStart {
  Texts command;
  std::string path;
  std::string executable;
  std::optional<RunNear> near;
  std::optional<RunKtls> ktls;
  Texts notes;
};

void describe(auto& keys, Exactly<CommandStart> auto& run) {
  keys.object("command_start", "How a command would be started");
  keys.key({"command", {}, kNotEmpty}, run.command);
  keys.key({"path", "The file that is started", kNotEmpty}, run.path);
  keys.key({"executable", "Links resolved; of a script: its interpreter", kNotEmpty},
           run.executable);
  keys.key({"near", "null: without --near, or there is one node only"}, run.near);
  keys.key({"ktls", "null: without --ktls"}, run.ktls);
  keys.key({"notes", "What to know before it is started"}, run.notes);
}

}  // namespace tuner::document
