// Reports failed reads in each document and on the terminal, independently of the verb.
#pragma once

#include "cli/request/verb.h"
#include "host/read_log.h"

#include <string>

namespace tuner {

// Adds each failed read of this host to the errors of the answer, unless it is among them already.
// The exit code stays: a setting that depends on a failed read is unreadable, which sets the code.
void add_failed_reads(const ReadLog& log, Answer& answer);

// The same for a terminal, one warning per line: one line for all reads without permission, and the
// first few of the others. Empty: no read failed.
std::string failed_reads_text(const ReadLog& log);

}  // namespace tuner
