// What the helper's report and `ktls-tuner probe --json` have in common, key by key.
#pragma once

#include "probe/report.h"

#include <nlohmann/json_fwd.hpp>

namespace tuner {

// One connection, as the serving end saw it; without a result, which JudgedCell has.
nlohmann::ordered_json cell_json(const ProbeCell& cell);
// One end of one across the wire.
nlohmann::ordered_json end_json(const ProbeEnd& end);
// What a libssl can offload: versions and ciphers, tx and rx.
nlohmann::ordered_json abilities_json(const LibraryFacts& library);

}  // namespace tuner
