#include "cli/steps/programs_look.h"

#include "base/rfc3339.h"
#include "cli/render/last_probe.h"
#include "cli/render/sockets.h"
#include "cli/steps/job_scan.h"
#include "engine/journal.h"
#include "host/programs/collect.h"
#include "host/sockets/collect.h"

#include <fmt/format.h>

namespace tuner {
namespace {

void count(const TlsSocket& socket, SocketLook::Sessions& sessions) {
  // A connection with a key in the kernel has no reason for absence.
  if (!socket.absence) {
    ++sessions.kernel;
    return;
  }
  ++sessions.outside;
  if (is_attached(socket) && !has_keys(socket)) ++sessions.without_keys;
  ++sessions.because[socket.absence->because];
}

SocketLook look_of(const TlsSockets& found, SessionScan scan) {
  SocketLook look;
  look.not_looked_at = std::move(scan.not_looked_at);
  for (const SocketSpace& space : found.spaces) look.multipath += space.multipath;
  for (const TlsSocket& listener : found.listeners)
    if (listener.process) look.listening.insert(found.processes[*listener.process].pid);
  for (const TlsSocket& socket : found.sockets)
    if (socket.process) count(socket, look.by_process[found.processes[*socket.process].pid]);
  return look;
}

std::vector<AcceptedRisk> accepted_risks(const Context& context, const HostIdentity& host) {
  const auto journal = Journal::load(context.store, host.boot_id, host.net_namespace);
  const RunInfo* const active = journal ? journal->active() : nullptr;
  return active == nullptr ? std::vector<AcceptedRisk>{} : active->accepted_risks;
}

}  // namespace

std::optional<SocketLook> look_at_sockets(const Context& context,
                                          std::vector<std::string>& failures) {
  const SocketQuestion question{
      .without_kernel_tls = true,
      .listeners = true,
      .until = std::chrono::steady_clock::now() + context.options.timeout};
  const auto found = collect_tls_sockets(context.host.files(), question);
  SessionScan scan = session_scan(found);
  if (!scan.unseen) return look_of(*found, std::move(scan));
  failures.push_back(fmt::format("connections were not looked at: {}", *scan.unseen));
  return std::nullopt;
}

std::optional<ProbeLook> look_at_probe(const Context& context, std::string_view kernel) {
  const auto probe = last_probe(context.store, kernel);
  if (!probe) return std::nullopt;
  ProbeLook look{.at = rfc3339(probe->at), .off_path = {}};
  for (const LastProbe::Way& way : probe->ways) {
    if (!way.conclusive || as_expected(way).value_or(true)) continue;
    look.off_path.push_back({way.version, way.direction, way.expected, way.taken});
  }
  return look;
}

ProgramsLook look_at_programs(const Context& context, const HostIdentity& host) {
  ProgramsLook look;
  look.programs = collect_programs(context.host.files());
  look.sockets = look_at_sockets(context, look.failures);
  look.probe = look_at_probe(context, host.kernel);
  look.accepted = accepted_risks(context, host);
  return look;
}

// The command line is right: it is the file that cannot be used.
Result<ProgramsLook> recorded_look(const Context& context, const HostIdentity& host) {
  const auto text = context.host.files().read(kRecordedProgramsFile);
  auto look = text ? read_programs_look(*text, host) : Result<ProgramsLook>(fail(text.error()));
  if (look) return look;
  Error error = look.error();
  if (is_absent(error)) error.fault = Fault::NotRecorded;
  if (error.fault == Fault::Invalid) error.fault = Fault::Refused;
  return fail(std::move(error));
}

SeenPrograms see_programs(const Context& context, const HostIdentity& host) {
  if (context.options.root.empty()) return {collect_programs(context.host.files()), {}};
  auto look = recorded_look(context, host);
  if (look) return {std::move(look->programs), {}};
  if (look.error().fault == Fault::NotRecorded) return {collect_programs(context.host.files()), {}};
  SeenPrograms seen{.programs = {}, .failure = look.error()};
  seen.programs.not_looked_at = {fmt::format("no process was looked at: {}", look.error().text)};
  return seen;
}

}  // namespace tuner
