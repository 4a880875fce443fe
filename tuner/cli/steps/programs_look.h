// The look at the programs of a host and their TLS sessions: of this machine, or of a recording.
#pragma once

#include "cli/render/recorded_programs.h"
#include "cli/request/verb.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// At this machine: as root, to see all. What could not be looked at is in the result. `host`: of
// this machine.
ProgramsLook look_at_programs(const Context& context, const HostIdentity& host);

// What the look at the sockets gave; nullopt: they could not be listed, which is added to
// `failures`.
std::optional<SocketLook> look_at_sockets(const Context& context,
                                          std::vector<std::string>& failures);
// The last probe that holds for `kernel`; nullopt: none is saved.
std::optional<ProbeLook> look_at_probe(const Context& context, std::string_view kernel);

// The look that the recording (--root) has. NotRecorded: it has none. Refused: what it has is
// damaged, or is not of this recording. Otherwise it could not be read.
Result<ProgramsLook> recorded_look(const Context& context, const HostIdentity& host);

// Only the programs, of this machine or of the recording. A recording that has none is looked at as
// a machine is, and its `not_looked_at` says that it has no processes.
struct SeenPrograms {
  Programs programs;
  std::optional<Error> failure;  // what the recording has could not be used: then there are none
};
SeenPrograms see_programs(const Context& context, const HostIdentity& host);

}  // namespace tuner
