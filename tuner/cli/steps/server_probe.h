// The probe of a TLS server elsewhere, `probe --connect --tls`: takes the server from the command
// line, runs the helper, explains the result from the facts of this host, and judges it.
#pragma once

#include "cli/steps/session.h"
#include "probe/run_probe.h"

namespace tuner {

struct ServerProbe {
  ServerRequest request;  // but for the time limit
};

// Fault::Invalid: the options contradict each other, or a value is of no use.
Result<ServerProbe> server_probe(const Options& options);
// Whether an option is given that is only for a server elsewhere; empty: none.
std::string_view option_for_server(const Options& options);

Answer probe_elsewhere(Context& context, const Session& session, const ServerProbe& probe);

}  // namespace tuner
