// The keys that the helper's report and `ktls-tuner probe --json` share.
#pragma once

#include "probe/report.h"

#include <nlohmann/json_fwd.hpp>

namespace tuner {

// One connection as seen by the serving end. The result is not included (see JudgedCell).
nlohmann::ordered_json cell_json(const ProbeCell& cell);
// One end of a connection across the wire.
nlohmann::ordered_json end_json(const ProbeEnd& end);
// The versions and ciphers that libssl can offload, for tx and rx.
nlohmann::ordered_json abilities_json(const LibraryFacts& library);

}  // namespace tuner
