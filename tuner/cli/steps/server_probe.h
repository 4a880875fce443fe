// The probe of a TLS server elsewhere, of `probe --connect --tls` and `diagnose --connect`: takes
// the server from the command line, runs the helper, explains the result from the facts of this
// host, and judges it.
#pragma once

#include "cli/steps/session.h"
#include "probe/offload_reasons.h"
#include "probe/run_probe.h"
#include "probe/server_verdict.h"

#include <optional>
#include <string_view>
#include <vector>

namespace tuner {

struct ServerProbe {
  ServerRequest request;  // but for the time limit
};

// --server-name, --starttls, --cafile, --insecure, --key-update
std::vector<OptionRow> server_options();

// Of `probe`. Fault::Invalid: the options contradict each other, or a value is of no use.
Result<ServerProbe> server_probe(const Options& options);
// Of --connect, which is given, and server_options() alone. Faults as above.
Result<ServerProbe> server_asked_for(const Options& options);
// Whether an option is given that is only for a server elsewhere; empty: none.
std::string_view option_for_server(const Options& options);

// Runs the probe, within --timeout, and judges it by the profile. `wanted`: as of wanted_offload().
// Faults as of run_server_probe().
Result<JudgedServer> ask_server(const Context& context, const ServerProbe& probe,
                                const Profile& profile, const std::vector<WantedOffload>& wanted);
// Why nothing is known of the server's TLS; nullopt: it accepted an offer.
std::optional<Error> nothing_accepted(const ServerReport& report);

Answer probe_elsewhere(Context& context, const Session& session, const ServerProbe& probe);

}  // namespace tuner
