// What a unit says, as systemd's log takes it: each line begins with its priority (sd-daemon(3)),
// and each drifted setting is one line of key=value pairs whose keys stay, so that
// `journalctl -p warning` lists them and a log shipper takes them apart without a grammar.
#pragma once

#include "model/plan.h"

#include <string>
#include <string_view>

namespace tuner {

// syslog(3)'s
enum class Priority { Error = 3, Warning = 4, Info = 6 };

// The stream that systemd connected to its log: JOURNAL_STREAM names its device and inode, and a
// program started from the unit may have redirected it (systemd.exec(5)).
bool goes_to_log(int descriptor);

// Each line of `text` with the priority in front.
std::string with_priority(Priority priority, std::string_view text);

// A line for each step that is trouble, then how many there are of each status:
// profile=edge-server status=change knob=sysctl subject=net.core.wmem_max observed=212992 …
std::string log_lines(const Plan& plan);

}  // namespace tuner
