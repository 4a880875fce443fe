#include "cli/steps/wire_bench.h"

#include "bench/run_bench.h"
#include "cli/steps/interrupt.h"
#include "cli/steps/offload_look.h"
#include "host/facts/collect.h"
#include "host/process/become.h"
#include "model/local_node.h"
#include "probe/offload_reasons.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::string_view kServes = "one benchmark";

tl::unexpected<Error> for_two_hosts(std::string_view option) {
  return fail(Fault::Invalid, fmt::format("{} is for a benchmark between two hosts", option),
              "add --listen ADDRESS:PORT or --connect HOST:PORT");
}

Outcome check_without_end(const Options& options) {
  if (!options.token_file.empty()) return for_two_hosts("--token-file");
  if (!options.new_token.empty())
    return fail(Fault::Invalid, "--new-token is for the listening end",
                "add --listen ADDRESS:PORT; ktls-tuner probe --new-token FILE makes one alone");
  if (options.timeout != GlobalOptions().timeout)
    return fail(Fault::Invalid, "--timeout is for --listen, which waits for its peer",
                "the time of a benchmark is that of --duration");
  return {};
}

Outcome check_listener(const Options& options) {
  if (!options.duration && !options.quick) return {};
  return fail(Fault::Invalid, "--duration and --quick are for the connecting end, which decides",
              "omit them at the listening end");
}

// ---- The run

bool sends(const BenchTask& task) {
  return std::holds_alternative<ConnectTo>(task.wire->end);
}

void announce(const Context& context, const BenchTask& task) {
  const std::chrono::seconds wait = context.options.timeout;
  if (const auto warning = any_address_warning(task.wire->end, kServes, wait))
    context.terminal.talk("warning: " + *warning);
  const auto* const connect = std::get_if<ConnectTo>(&task.wire->end);
  context.terminal.talk(
      connect == nullptr
          ? fmt::format("bench: waiting for the sending end, at most {} s", wait.count())
          : fmt::format("bench: {} to {} for {} s; Ctrl-C keeps what was measured",
                        word_of(task.workload), to_text(connect->peer), task.total.count()));
}

// The route is known only to the helper, so it gets a CPU for each NIC: the sender and the receiver
// of one machine get two. NICs that are near all CPUs are left out.
std::map<std::string, int> cpus_by_nic(const Facts& facts, BenchEnd end) {
  std::map<std::string, int> cpus;
  const auto allowed = current_cpus();
  if (!allowed) return cpus;
  for (const Nic& nic : facts.nics) {
    const auto place = place_near(facts, nic.name);
    if (!place || !place->is_choice) continue;
    const auto chosen = choose_cpus(*allowed & place->cpus, facts.topology);
    if (chosen) cpus[nic.name] = chosen->cpus[static_cast<std::size_t>(end)];
  }
  return cpus;
}

// Whether this host's end is near its NIC. A route that is not known is no reason for a doubt.
bool is_near(const Facts& facts, const BenchStart& start) {
  if (!start.wire || start.wire->end != BenchEnd::Sender) return true;
  const auto place = place_near(facts, start.wire->interface);
  return !place || !place->is_choice || place->cpus.contains(start.cpus[0]);
}

// As a probe across the wire explains it, for the rows of this host's kernel.
void explain(BenchResult& result, const OffloadFacts& facts) {
  const auto& wire = result.start.wire;
  if (!wire || wire->end != BenchEnd::Sender) return;
  const ProbeEnd end{.interface = wire->interface, .nics = wire->nics};
  for (BenchRow& row : result.rows) {
    if (!row.path || *row.path != TlsPath::Kernel) continue;
    const std::string why =
        why_kernel_sent(row.variant.version.value(), row.variant.cipher.value(), end, facts);
    if (!why.empty()) row.because += (row.because.empty() ? "" : "; ") + why;
  }
}

}  // namespace

Result<std::optional<WireBench>> wire_bench(const Options& options, const char* variable) {
  if (options.listen && options.connect)
    return fail(Fault::Invalid, "--listen and --connect are the two ends of one benchmark",
                "run one on each host, the listening one first");
  if (!options.listen && !options.connect) {
    TRY(check_without_end(options));
    return std::optional<WireBench>();
  }
  if (options.workload != BenchWorkload::Bulk)
    return fail(Fault::Invalid, "between two hosts only the workload bulk is measured",
                "omit --workload");
  if (options.listen) TRY(check_listener(options));
  TokenSource token = TRY(token_source(options, variable));
  if (options.listen) return WireBench{ListenOn{*options.listen}, std::move(token)};
  if (std::holds_alternative<ShownToken>(token)) return no_token_to_connect();
  return WireBench{ConnectTo{*options.connect}, std::move(token)};
}

Result<MeasuredBench> measure_bench_across_wire(Context& context, const BenchTask& task) {
  const auto token = TRY(token_of(task.wire->token));
  const Facts facts = collect_facts(
      context.host, FactNeed::Topology | FactNeed::Nics | FactNeed::NicFeatures | FactNeed::Kernel);
  const BenchEnd end = sends(task) ? BenchEnd::Sender : BenchEnd::Receiver;
  const int own = TRY(cpus_for(facts)).cpus[static_cast<std::size_t>(end)];
  announce(context, task);
  auto report = TRY(run_bench({.workload = task.workload,
                               .choice = task.choice,
                               // One of them is used: the other end chooses a CPU of its own host.
                               .cpus = {own, own},
                               .total = task.total,
                               .wire = BenchAcrossWire{.end = task.wire->end,
                                                       .token = token,
                                                       .wait = context.options.timeout,
                                                       .cpu_by_nic = cpus_by_nic(facts, end)}},
                              InterruptGuard::interrupted));
  BenchSurroundings around = surroundings_of(context, facts);
  around.same_node = is_near(facts, report.start);
  BenchResult result = judge_bench(report, around);
  // The time for reads has passed while it was measured.
  context.host.limit_reads(context.options.timeout);
  explain(result, {.before = facts, .after = nic_facts(context), .wanted = {}});
  return MeasuredBench{.report = std::move(report), .result = std::move(result)};
}

}  // namespace tuner
