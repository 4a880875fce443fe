#include "report/saved_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// A report never compares values, it shows them.
std::string value_words(const Value& value) {
  return value == Value(Absent{}) ? "-" : to_text(value);
}

std::string observed_words(const document::Step& step) {
  std::string value = value_words(step.observed);
  if (!step.in_effect) return value;
  return fmt::format("{} ({} in effect)", value, value_words(*step.in_effect));
}

SavedStep saved_step(const document::Step& step) {
  return {.knob = step.knob,
          .subject = step.subject,
          .goal = to_text(step.goal),
          .observed = observed_words(step),
          .status = step.status,
          .need = step.need,
          .because = step.because,
          .cause = step.cause.value_or(""),
          .owner = step.owner.value_or(""),
          .persisted = step.persisted ? value_words(*step.persisted) : "",
          .target = step.target ? value_words(*step.target) : "",
          .hint = step.hint,
          .first_seen = step.drift ? rfc3339(step.drift->first) : ""};
}

// Across the wire a host is judged by its own end, which may be the client.
SavedCell saved_cell(const document::Cell& cell) {
  const bool client = cell.wire && cell.wire->own_end == "client";
  return {.version = cell.version,
          .cipher = cell.cipher,
          .tx = client ? cell.wire->client.tx : cell.tx,
          .rx = client ? cell.wire->client.rx : cell.rx,
          .expected_tx = cell.expected.tx,
          .expected_rx = cell.expected.rx,
          .bytes = cell.bytes,
          .intact = cell.intact,
          .result = cell.result,
          .because = cell.because};
}

void add_reasons(const document::Direction& direction, std::vector<std::string>& because) {
  for (const document::Reason& reason : direction.because) {
    if (std::ranges::count(because, reason.text) == 0) because.push_back(reason.text);
  }
}

SavedNic saved_nic(const document::Nic& nic) {
  SavedNic saved{.name = nic.name,
                 .kind = nic.kind,
                 .driver = nic.driver,
                 .pci_ids = nic.pci_ids,
                 .tls_tx = nic.tls_offload.tx.active,
                 .tls_rx = nic.tls_offload.rx.active};
  add_reasons(nic.tls_offload.tx, saved.tls_because);
  add_reasons(nic.tls_offload.rx, saved.tls_because);
  return saved;
}

}  // namespace

std::vector<SavedStep> saved_steps(const std::vector<document::Step>& steps) {
  std::vector<SavedStep> saved;
  saved.reserve(steps.size());
  for (const document::Step& step : steps) saved.push_back(saved_step(step));
  return saved;
}

SavedPlan saved_plan(const document::Plan& plan) {
  return {.profile = plan.profile.name,
          .digest = plan.profile.digest,
          .steps = saved_steps(plan.steps),
          .notes = plan.notes};
}

SavedProbe saved_probe(const document::Probe& probe) {
  SavedProbe saved{.mode = probe.endpoint.mode,
                   .peer = probe.endpoint.peer.value_or(""),
                   .library = probe.library.version,
                   .verdict = probe.verdict,
                   .warnings = probe.warnings};
  for (const document::Cell& cell : probe.cells) saved.cells.push_back(saved_cell(cell));
  if (const auto& updates = probe.key_updates) {
    saved.key_updates = {.verdict = updates->verdict,
                         .because = updates->because,
                         .expected_safe = updates->expected_safe};
  }
  return saved;
}

SavedFacts saved_facts(const document::Facts& facts) {
  SavedFacts saved{.tls_state = facts.kernel.tls.state,
                   .tls_because = facts.kernel.tls.because,
                   .library = facts.openssl ? facts.openssl->version : ""};
  for (const document::Nic& nic : facts.nics) saved.nics.push_back(saved_nic(nic));
  for (const auto& neighbour : facts.neighbours) saved.neighbours.push_back(neighbour.name);
  return saved;
}

SavedPrograms saved_programs(const document::ProgramsAtRisk& programs) {
  SavedPrograms saved{
      .looked_at = programs.looked_at, .at_risk = {}, .not_looked_at = programs.not_looked_at};
  for (const document::ProgramAtRisk& program : programs.at_risk)
    saved.at_risk.push_back({.service = program.service,
                             .program = program.program,
                             .risk = program.risk,
                             .accepted = program.accepted,
                             .because = program.because,
                             .ways_out = program.ways_out});
  return saved;
}

// The order of the numbers is that of SessionPath.
SavedSessions saved_sessions(const document::Sessions& sessions) {
  SavedSessions saved{.looked_at = sessions.looked_at,
                      .unseen = sessions.unseen.value_or(""),
                      .services = {},
                      .not_looked_at = sessions.not_looked_at};
  for (const document::ServiceSessions& row : sessions.services)
    saved.services.push_back(
        {.service = row.service,
         .sessions = {row.none_sessions, row.kernel_sessions, row.device_sessions,
                      row.cannot_sessions, row.unknown_sessions},
         .bytes = {row.none_bytes, row.kernel_bytes, row.device_bytes, row.cannot_bytes,
                   row.unknown_bytes}});
  return saved;
}

}  // namespace tuner
