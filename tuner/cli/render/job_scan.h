// What the drift job saw of programs and TLS sessions, as text, log lines and parts of documents.
#pragma once

#include "document/job_scan.h"
#include "model/programs/job_scan.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// Whether a program of a look of this boot needs an action.
bool needs_action(const std::optional<ProgramScan>& scan, std::string_view boot_id);

// "programs: 1 at risk by the kernel's TLS, looked at 2026-11-24T12:00:00Z (5 min ago)" and a
// warning for each; "programs: not looked at" if there is no look of this boot.
std::string programs_text(const std::optional<ProgramScan>& scan, std::string_view boot_id,
                          std::chrono::system_clock::time_point now);
// A line for systemd's log for each program that needs an action.
std::string program_log_lines(const std::optional<ProgramScan>& scan, std::string_view boot_id);

// nullopt: no look of this boot.
std::optional<document::ProgramsAtRisk> programs_at_risk_document(
    const std::optional<ProgramScan>& scan, std::string_view boot_id);
// `at`: of the check that saw them.
std::optional<document::Sessions> sessions_document(const std::optional<SessionScan>& scan,
                                                    std::chrono::system_clock::time_point at);

}  // namespace tuner
