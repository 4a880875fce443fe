// Whether this process is run by somebody at the other end of a network connection.
#pragma once

#include "host/host.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct RemoteSession {
  std::string local;  // the address here that the session came to
  std::string peer;
  std::string evidence;  // "SSH_CONNECTION of process 812: 192.0.2.7 to 192.0.2.1"
};

// By SSH_CONNECTION, of this process or of its nearest ancestor that has it: sudo takes it out of
// the environment, but not out of the shell's above it. Nothing: nobody in the line has it, or may
// be asked; a program that was started by the init system has no session.
std::optional<RemoteSession> remote_session(const FileTree& files);

// The value of SSH_CONNECTION, see ssh(1): "192.0.2.7 51234 192.0.2.1 22". Without evidence.
std::optional<RemoteSession> parse_ssh_connection(std::string_view value);

}  // namespace tuner
