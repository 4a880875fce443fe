// The marks of messages in a line of the helper (bench/report_lines.h).
#pragma once

#include "bench/stages.h"

#include <nlohmann/json_fwd.hpp>

namespace tuner {

nlohmann::ordered_json messages_json(const MarkedMessages& marked);
// Throws nlohmann's exceptions, as its accessors do. Does not look at the order of the marks.
MarkedMessages messages_of(const nlohmann::ordered_json& json);

}  // namespace tuner
