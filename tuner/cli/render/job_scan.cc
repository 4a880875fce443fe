#include "cli/render/job_scan.h"

#include "base/duration.h"
#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/output/text_sink.h"
#include "cli/render/log_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Time = std::chrono::system_clock::time_point;

std::string age_text(Time at, Time now) {
  if (at > now) return fmt::format("{}, which is in the future", rfc3339(at));
  return fmt::format("{} ({} ago)", rfc3339(at),
                     duration_text(std::chrono::duration_cast<std::chrono::seconds>(now - at)));
}

std::string with_ways_out(const ProgramRisk& risk) {
  if (risk.ways_out.empty()) return risk.text;
  return fmt::format("{}; ways out: {}", risk.text, join(risk.ways_out, "; or "));
}

std::string finding_text(const ProgramScan& scan) {
  if (!scan.at_risk.empty())
    return fmt::format("{} at risk by the kernel's TLS", scan.at_risk.size());
  return scan.not_looked_at.empty() ? "none at risk by the kernel's TLS"
                                    : "none of those that were looked at is at risk";
}

std::optional<std::uint64_t> if_known(const SessionScan& scan, SessionPath path,
                                      std::uint64_t number) {
  return scan.knows(path) ? std::optional(number) : std::nullopt;
}

document::ServiceSessions service_document(const ServiceSessions& row, const SessionScan& scan) {
  const auto sessions = [&](SessionPath path) {
    return if_known(scan, path, row.of(path).sessions);
  };
  const auto bytes = [&](SessionPath path) {
    return row.bytes_reported ? if_known(scan, path, row.of(path).bytes) : std::nullopt;
  };
  return {.service = row.service,
          .none_sessions = sessions(SessionPath::None),
          .kernel_sessions = sessions(SessionPath::Kernel),
          .device_sessions = sessions(SessionPath::Device),
          .cannot_sessions = sessions(SessionPath::Cannot),
          .unknown_sessions = sessions(SessionPath::Unknown),
          .none_bytes = bytes(SessionPath::None),
          .kernel_bytes = bytes(SessionPath::Kernel),
          .device_bytes = bytes(SessionPath::Device),
          .cannot_bytes = bytes(SessionPath::Cannot),
          .unknown_bytes = bytes(SessionPath::Unknown)};
}

}  // namespace

bool needs_action(const std::optional<ProgramScan>& scan, std::string_view boot_id) {
  const ProgramScan* const held = of_this_boot(scan, boot_id);
  return held != nullptr &&
         std::ranges::any_of(held->at_risk, [](const auto& it) { return needs_action(it); });
}

std::string programs_text(const std::optional<ProgramScan>& scan, std::string_view boot_id,
                          Time now) {
  const ProgramScan* const held = of_this_boot(scan, boot_id);
  if (held == nullptr) {
    return scan ? text_line("programs: not looked at in this boot; the drift job last did {}",
                            age_text(scan->at, now))
                : text_line("programs: not looked at");
  }
  std::string text =
      text_line("programs: {}, looked at {}", finding_text(*held), age_text(held->at, now));
  for (const ProgramAtRisk& program : held->at_risk)
    text += text_line("{}: {}", program.accepted ? "accepted" : "warning",
                      program.accepted ? program.risk.text : with_ways_out(program.risk));
  for (const std::string& missing : held->not_looked_at) text += text_line("  {}", missing);
  return text;
}

std::string program_log_lines(const std::optional<ProgramScan>& scan, std::string_view boot_id) {
  const ProgramScan* const held = of_this_boot(scan, boot_id);
  if (held == nullptr) return {};
  std::string text;
  for (const ProgramAtRisk& program : held->at_risk) {
    if (needs_action(program)) text += program_log_line(program.risk);
  }
  return text;
}

std::optional<document::ProgramsAtRisk> programs_at_risk_document(
    const std::optional<ProgramScan>& scan, std::string_view boot_id) {
  const ProgramScan* const held = of_this_boot(scan, boot_id);
  if (held == nullptr) return std::nullopt;
  document::ProgramsAtRisk body{
      .looked_at = utc_time(held->at), .at_risk = {}, .not_looked_at = held->not_looked_at};
  for (const ProgramAtRisk& program : held->at_risk)
    body.at_risk.push_back({.service = program.risk.service,
                            .program = program.risk.program,
                            .risk = document::word(program.risk.kind),
                            .accepted = program.accepted,
                            .because = program.risk.text,
                            .ways_out = program.risk.ways_out});
  return body;
}

std::optional<document::Sessions> sessions_document(const std::optional<SessionScan>& scan,
                                                    Time at) {
  if (!scan) return std::nullopt;
  document::Sessions body{.looked_at = utc_time(at),
                          .unseen = scan->unseen,
                          .services = {},
                          .not_looked_at = scan->not_looked_at};
  for (const ServiceSessions& row : scan->services)
    body.services.push_back(service_document(row, *scan));
  return body;
}

}  // namespace tuner
