// The probe across the wire as the verb has it: addresses and token from the command line, the
// helper, what is known of this host's NICs, and the verdict.
#pragma once

#include "cli/proving.h"
#include "cli/session.h"

#include <optional>

namespace tuner {

// Does the command line ask for it?
bool is_across_the_wire(const Options& options);

// Does it ask for a new token, and for nothing else?
bool makes_token_alone(const Options& options);
Answer make_token_alone(const Context& context);

// What is wrong with the options, before anything is looked at: 64.
std::optional<Error> wire_usage_error(const Options& options);

Proof prove_across_the_wire(Context& context, const Session& session);

}  // namespace tuner
