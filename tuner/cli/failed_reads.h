// What could not be looked at, in each document and on each terminal, whatever a verb made of it.
#pragma once

#include "cli/verb.h"
#include "host/read_log.h"

#include <string>

namespace tuner {

// Each failed read of this host as one more error of the answer, unless it is among them already.
// The exit code stays: what depends on a failed read is unreadable, and counts by itself.
void add_failed_reads(const ReadLog& log, Answer& answer);

// The same for people, a warning a line: what lacks a right in one line, of the rest the first few.
// Empty: each read answered.
std::string failed_reads_text(const ReadLog& log);

}  // namespace tuner
