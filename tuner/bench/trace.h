// The marks of messages as trace events, which Perfetto (ui.perfetto.dev) and chrome://tracing
// open. Pure.
#pragma once

#include "bench/report.h"

#include <string>

namespace tuner {

// Of each row at most so many messages, spread over its rounds.
inline constexpr std::size_t kTracedMessages = 1000;

// A JSON document: a process for each row with messages, in which complete events ("X") nest: a
// message, in it what is between its marks, and in the call that receives recvmsg(2) where it is
// marked. Times are in microseconds since the first mark of the run, whose time of day is in
// otherData.
std::string trace_json(const BenchReport& report);

}  // namespace tuner
