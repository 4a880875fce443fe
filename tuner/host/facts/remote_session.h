// The remote login session that this process runs in.
#pragma once

#include "host/host.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct RemoteSession {
  std::string local;  // address of this machine
  std::string peer;
  std::string evidence;  // "SSH_CONNECTION of process 812: 192.0.2.7 to 192.0.2.1"
};

// From SSH_CONNECTION of this process or of its nearest ancestor that has it: sudo removes it from
// the environment, but the shell above still has it. nullopt: no ancestor has it or can be read. A
// process started by init has no session.
std::optional<RemoteSession> remote_session(const FileTree& files);

// Parses the value of SSH_CONNECTION (ssh(1)): "192.0.2.7 51234 192.0.2.1 22". Does not set
// `evidence`.
std::optional<RemoteSession> parse_ssh_connection(std::string_view value);

}  // namespace tuner
