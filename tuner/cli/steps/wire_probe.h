// The probe across the wire: takes the ends and the token from the command line, runs the helper,
// explains the result from the facts about this host's NICs, and judges it.
#pragma once

#include "cli/steps/probe_run.h"
#include "cli/steps/session.h"
#include "cli/steps/wire_token.h"
#include "probe/run_probe.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace tuner {

struct WireProbe {
  WireEnd end;
  TokenSource token;
  std::optional<std::uint64_t> bytes_each_way;  // nullopt: the default
};

// What `probe` without --tls does: a probe, or only a new token.
using ProbeTask = std::variant<LoopbackProbe, WireProbe, NewTokenFile>;

// `variable` is the value of KTLS_TUNER_TOKEN; nullptr: it is not set. Fault::Invalid: the options
// contradict each other, or the token in the variable is invalid.
Result<ProbeTask> probe_task(const Options& options, const char* variable);

Answer make_token_only(const Context& context, const NewTokenFile& file);
Proof prove_across_the_wire(Context& context, const Session& session, const WireProbe& probe);

}  // namespace tuner
