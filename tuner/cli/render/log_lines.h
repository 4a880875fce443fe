// Output of a unit for systemd's log. Each line begins with its priority (sd-daemon(3)), so that
// `journalctl -p warning` lists drifted settings. Each such setting is one line of key=value pairs
// with stable keys, so that a log shipper can parse it.
#pragma once

#include "model/plan.h"
#include "model/programs/program_risk.h"

#include <string>
#include <string_view>

namespace tuner {

// Values of syslog(3).
enum class Priority { Error = 3, Warning = 4, Info = 6 };

// True if the descriptor is the stream that systemd connected to its log. JOURNAL_STREAM has the
// stream's device and inode; they are compared because a program of the unit may have redirected
// the descriptor (systemd.exec(5)).
bool goes_to_log(int descriptor);

// `text` with the priority in front of each line.
std::string with_priority(Priority priority, std::string_view text);

// One line for each step with is_problem(), then one with the number of steps of each status:
// profile=edge-server status=change knob=sysctl subject=net.core.wmem_max observed=212992 …
std::string log_lines(const Plan& plan);

// One warning: program="lighttpd (lighttpd.service)" risk=key-update because="…" hint="…"
std::string program_log_line(const ProgramRisk& risk);

}  // namespace tuner
