// Validates the other end's view of a cell. Its strings are shown in a report and on a terminal, so
// each must be in a list or be a possible name of its kind. Pure.
#pragma once

#include "base/result.h"
#include "probe/handshake/connection/context.h"
#include "probe/report.h"

#include <string>
#include <string_view>

namespace tuner {

// The cell with its sentences as they are sent: on one line, within the accepted length.
ProbeCell sendable(ProbeCell cell);

// One such sentence.
std::string sendable_sentence(std::string_view text);

// "the other end's report has an invalid value under …", with the next step.
tl::unexpected<Error> invalid_peer_value(std::string_view key);

// Fault::Invalid if the cell is not `asked`; a suite, protocol or counter does not exist; a name is
// impossible for an interface or statistic; or a sentence is too long or has hidden characters. The
// text names the key but not the value.
Outcome check_peer_cell(const ProbeCell& cell, const CellKey& asked);

}  // namespace tuner
