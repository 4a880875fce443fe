#include "model/programs/job_scan.h"

#include <algorithm>

namespace tuner {
namespace {

// "51 processes were not looked at": the number changes from one look to the next.
std::vector<std::string> without_digits(std::vector<std::string> texts) {
  for (std::string& text : texts) std::erase_if(text, [](char c) { return c >= '0' && c <= '9'; });
  return texts;
}

}  // namespace

bool same_findings(const std::optional<ProgramScan>& a, const std::optional<ProgramScan>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->boot_id == b->boot_id && a->at_risk == b->at_risk &&
         without_digits(a->not_looked_at) == without_digits(b->not_looked_at);
}

bool needs_action(const ProgramAtRisk& program) {
  return acceptance_of(program.risk.kind) && !program.accepted;
}

const ProgramScan* of_this_boot(const std::optional<ProgramScan>& scan, std::string_view boot_id) {
  return scan && scan->boot_id == boot_id ? &*scan : nullptr;
}

// The number of a process is no part of what was found: it would make each look a new one.
ProgramScan judged_scan(Programs programs, const RekeyFacts& kernel,
                        std::span<const AcceptedRisk> accepted) {
  for (Program& program : programs.all) {
    if (program.service.empty()) program.pids.clear();
  }
  ProgramScan scan{.not_looked_at = std::move(programs.not_looked_at)};
  programs.not_looked_at.clear();
  for (ProgramRisk& risk : risks_of_ktls(programs, kernel)) {
    const auto needed = acceptance_of(risk.kind);
    const bool taken = needed && std::ranges::count(accepted, *needed) > 0;
    scan.at_risk.push_back({.risk = std::move(risk), .accepted = taken});
  }
  return scan;
}

bool SessionScan::knows(SessionPath path) const {
  if (unseen) return false;
  const bool of_programs = path == SessionPath::None || path == SessionPath::Cannot;
  return !of_programs || not_looked_at.empty();
}

}  // namespace tuner
