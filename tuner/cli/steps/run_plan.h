// Everything that `run` finds out before it becomes the command. Writes nothing and starts nothing
// but the probe helper, which proves the configuration.
#pragma once

#include "cli/render/run.h"
#include "cli/request/verb.h"

#include <string>
#include <vector>

namespace tuner {

struct RunRequest {
  std::vector<std::string> command;  // not empty
  std::string near;                  // a NIC; empty: without
  bool ktls = false;
  bool dry_run = false;
  std::vector<AcceptedRisk> accepted;
};

// Unsupported: the command breaks by kTLS, or a peer can break its connections, and that is not
// accepted; or the NIC has no node of its own. Invalid: no such NIC. NotFound: no such command.
// Refused, Internal and others: the configuration could not be proved. What gains nothing by kTLS
// is a note.
Result<RunPlan> run_plan(const Context& context, const RunRequest& request);

// Where the configuration is kept: "/run/ktls-tuner/openssl/DIGEST.cnf" for root, below
// $XDG_RUNTIME_DIR for others. Its name is the digest of its text, so every run with the same
// configuration has the same file, and there are as few as there are configurations. A file and not
// an open descriptor: programs close descriptors that they do not know, and OpenSSL without its
// file runs without any configuration, and without the system's policy. It is gone after a reboot.
// NotFound: the user has no such folder.
Result<std::string> run_conf_path(std::string_view text);

// Writes it there, unless it is there. Refused: another user could replace it.
Outcome keep_run_conf(const std::string& path, std::string_view text);

}  // namespace tuner
