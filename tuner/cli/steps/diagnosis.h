// What diagnose looks at on a host: it calls the other parts of this program, and reads nothing
// itself.
#pragma once

#include "cli/steps/server_probe.h"
#include "model/findings/input.h"

#include <optional>
#include <string>

namespace tuner {

// What the question is about: the host, a program or a server elsewhere.
struct DiagnosisQuestion {
  std::string service;     // as of programs_named(); empty: any
  std::optional<int> pid;  // a process
  std::optional<ServerProbe> server = {};
};

// Facts, programs, sockets, the plan of the profile in use and the last probe; about a server
// elsewhere facts alone, and what it accepts. Writes nothing. What could not be looked at is in the
// result; only a service or process that is not found, or that speaks no TLS, is an error
// (NotFound; Invalid: the name means several).
Result<DiagnosisInput> look_at_host(const Context& context, const DiagnosisQuestion& question);

}  // namespace tuner
