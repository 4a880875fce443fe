// Validates the events of the other end of a benchmark across the wire: its strings are shown in a
// result and on a terminal. The rules are those of the probe (probe/handshake/peer_words.h). Pure.
#pragma once

#include "base/result.h"
#include "bench/report_lines.h"

#include <string_view>

namespace tuner {

// Invalid: a text is too long or has hidden characters, a name is impossible for an interface,
// counter or statistic, a word is unknown, or a number is impossible whatever was agreed on. The
// text names the key but not the value.
Outcome check_peer_event(const BenchEvent& event);
Outcome check_peer_text(std::string_view text);

// The error of a message that could not be sent or received, with the next step unless it has one.
// A connection that the other end closed or reset, or that ended with its process, is said in one
// way.
Error lost_peer(Error error, std::string_view next);

// Events and errors of this end with their texts as they are sent: on one line, within the length
// that the other end accepts.
BenchEvent sendable_event(BenchEvent event);
Error sendable_error(Error error);

}  // namespace tuner
