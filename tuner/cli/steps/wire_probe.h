// The probe across the wire: takes addresses and token from the command line, runs the helper,
// explains the result from the facts about this host's NICs, and judges it.
#pragma once

#include "cli/steps/probe_run.h"
#include "cli/steps/session.h"

#include <optional>

namespace tuner {

// True with --listen or --connect.
bool is_across_the_wire(const Options& options);

// True with --new-token but without --listen and --connect.
bool only_makes_token(const Options& options);
Answer make_token_only(const Context& context);

// Checks the options before any read; an error means exit code 64. nullopt: they are valid.
std::optional<Error> wire_usage_error(const Options& options);

Proof prove_across_the_wire(Context& context, const Session& session);

}  // namespace tuner
