#include "cli/steps/job_scan.h"

#include "cli/render/sockets.h"
#include "engine/journal.h"
#include "host/facts/collect.h"
#include "host/programs/collect.h"
#include "model/programs/service_name.h"

#include <fmt/format.h>

namespace tuner {
namespace {

bool has_tls(const Facts& facts) {
  return facts.kernel.tls.state == ModuleState::Live ||
         facts.kernel.tls.state == ModuleState::BuiltIn;
}

// A session's name in metrics: without the number of a process, which changes at each start.
std::string series_of(const TlsSocket& found, const TlsSockets& all) {
  if (!found.service.empty()) return service_series(found.service);
  switch (found.holder.holder) {
    case SocketHolder::Process: return all.processes[*found.process].name;
    case SocketHolder::Kernel: return fmt::format("kernel: {}", found.holder.kernel_service);
    case SocketHolder::NoProcess:
    case SocketHolder::Closed:
    case SocketHolder::NotAccepted:
    case SocketHolder::Unknown: break;
  }
  return "unknown";
}

// Each of them may hold a session outside the kernel that was not counted.
std::vector<std::string> not_looked_at(const TlsSockets& all) {
  std::vector<std::string> texts;
  if (all.unreadable_processes > 0)
    texts.push_back(fmt::format("processes that could not be read: {}; this needs CAP_SYS_PTRACE",
                                all.unreadable_processes));
  if (const auto programs = unreadable_programs(all); programs > 0)
    texts.push_back(fmt::format("processes whose mapped files could not be read: {}", programs));
  if (all.processes_not_looked_at > 0)
    texts.push_back(fmt::format("processes not looked at: {}", all.processes_not_looked_at));
  if (!all.all_processes_visible)
    texts.emplace_back("processes outside this PID namespace are not visible");
  for (const Error& error : all.errors) texts.push_back(error.text);
  return texts;
}

ProgramScan scan_programs(const Context& context, const Facts& facts) {
  const auto journal = Journal::load(context.store, facts.host.boot_id, facts.host.net_namespace);
  const RunInfo* const active = journal ? journal->active() : nullptr;
  ProgramScan scan =
      judged_scan(collect_programs(context.host.files()), rekey_facts(context.host.files()),
                  active == nullptr ? std::vector<AcceptedRisk>{} : active->accepted_risks);
  scan.at = context.host.clock().now();
  scan.boot_id = facts.host.boot_id;
  return scan;
}

}  // namespace

// With all connections of programs that speak TLS: what is not in the kernel is half of the answer.
JobScan scan_for_job(const Context& context, std::optional<SafetyRule> rule) {
  const Facts facts = collect_facts(context.host, FactNeed::TlsModule);
  if (!has_tls(facts)) return {};
  JobScan scan;
  if (rule != SafetyRule::Ignore) scan.programs = scan_programs(context, facts);
  const SocketQuestion question{
      .without_kernel_tls = true,
      .until = std::chrono::steady_clock::now() + context.options.timeout};
  scan.sessions = session_scan(collect_tls_sockets(context.host.files(), question));
  return scan;
}

SessionScan session_scan(const Result<TlsSockets>& found) {
  SessionScan scan;
  if (!found) {
    scan.unseen = found.error().text;
    return scan;
  }
  for (const SocketSpace& space : found->spaces) {
    // One namespace that cannot be seen makes all counts too small.
    if (const auto error = cannot_see(space)) scan.unseen = error->text;
  }
  if (scan.unseen) return scan;
  std::vector<std::string> names;
  names.reserve(found->sockets.size());
  for (const TlsSocket& socket : found->sockets) names.push_back(series_of(socket, *found));
  scan.services = service_sessions(tls_shares(*found, names), kMostServices);
  scan.not_looked_at = not_looked_at(*found);
  return scan;
}

}  // namespace tuner
