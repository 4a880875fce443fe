#include "cli/steps/wire_probe.h"

#include "cli/output/text_sink.h"
#include "cli/steps/offload_look.h"
#include "cli/steps/sync.h"
#include "document/envelope.h"
#include "document/probe.h"
#include "probe/offload_reasons.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kServes = "one probe";

void announce(const Context& context, const WireEnd& end) {
  const std::chrono::seconds limit = context.options.timeout;
  if (const auto warning = any_address_warning(end, kServes, limit))
    context.terminal.talk("warning: " + *warning);
  const auto* const connect = std::get_if<ConnectTo>(&end);
  context.terminal.talk(
      connect == nullptr ? fmt::format("probe: waiting for one peer, at most {} s", limit.count())
                         : fmt::format("probe: connecting to {}", to_text(connect->peer)));
}

}  // namespace

Result<ProbeTask> probe_task(const Options& options, const char* variable) {
  if (options.listen && options.connect) {
    return fail(Fault::Invalid, "--listen and --connect are the two ends of one probe",
                "run one on each host, the listening one first");
  }
  if (options.bytes && options.listen) {
    return fail(Fault::Invalid, "--bytes is for the connecting end, which offers the size",
                "omit it at the listening end");
  }
  if (options.thorough && (options.listen || options.connect || !options.new_token.empty())) {
    return fail(Fault::Invalid, "--thorough is for the probe over loopback",
                "omit --listen, --connect and --new-token");
  }
  if (!options.listen && !options.connect && options.new_token.empty()) {
    if (options.token_file.empty())
      return LoopbackProbe{.bytes_each_way = options.bytes, .thorough = options.thorough};
    return fail(Fault::Invalid, "--token-file is for a probe across the wire",
                "add --listen or --connect");
  }
  TokenSource token = TRY(token_source(options, variable));
  if (!options.listen && !options.connect) return std::get<NewTokenFile>(token);
  if (options.listen) return WireProbe{ListenOn{*options.listen}, std::move(token), std::nullopt};
  if (std::holds_alternative<ShownToken>(token)) return no_token_to_connect();
  return WireProbe{ConnectTo{*options.connect}, std::move(token), options.bytes};
}

Answer make_token_only(const Context& context, const NewTokenFile& file) {
  if (const auto token = file_new_token(file.path); !token) return failure(token.error());
  context.terminal.result(
      text_line("new token in {}: use --token-file {} at both ends", file.path, file.path));
  Answer answer;
  *answer.body = document::Token{.token_file = file.path};
  return answer;
}

Proof prove_across_the_wire(Context& context, const Session& session, const WireProbe& probe) {
  Proof proof;
  const auto token = token_of(probe.token);
  if (!token) {
    proof.answer = token.error().fault == Fault::Invalid ? failure(ExitCode::Usage, token.error())
                                                         : failure(token.error());
    return proof;
  }
  announce(context, probe.end);
  const std::vector<WantedOffload> wanted = wanted_offload(look(context, session));
  // Facts on both sides of the probe: a feature that was switched in between explains a path.
  const Facts before = nic_facts(context);
  WireRequest request{.end = probe.end, .token = *token, .time_limit = context.options.timeout};
  request.bytes_each_way = probe.bytes_each_way.value_or(request.bytes_each_way);
  auto report = run_wire_probe(request);
  if (!report) {
    proof.answer = failure(ExitCode::Failed, report.error());
    return proof;
  }
  explain_offload(*report, session.profile,
                  {.before = before, .after = nic_facts(context), .wanted = wanted});
  if (auto warning = any_address_warning(probe.end, kServes, context.options.timeout))
    report->warnings.push_back(std::move(*warning));
  return judge_report(context, session.profile, std::move(*report));
}

}  // namespace tuner
