// Lines of sysctl.conf(5) and sysctl.d(5), and commands that set a sysctl in a script. Pure.
#pragma once

#include "profile/import/line.h"

#include <string_view>

namespace tuner::importing {

// "net.core.somaxconn = 1024", "-net/core/somaxconn=1024", `sysctl -w a.b="1 2" c.d=3`,
// "echo 1 > /proc/sys/net/ipv4/tcp_sack". Fills drafts, or reasons why there are none. false: the
// line has no such form, and is unchanged.
bool read_sysctl_line(ImportedLine& line);

// A sysctl's setting with this value; `op` as the goal says. Sysctls that this kernel may lack, as
// it is too new or a module is missing, are preferred. Without a draft the reason is in `line`.
void add_sysctl(ImportedLine& line, std::string_view name, std::string_view value,
                Goal::Op op = Goal::Op::Exactly, bool ignore_missing = false);

}  // namespace tuner::importing
