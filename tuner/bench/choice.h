// Which rows a workload measures. Pure.
#pragma once

#include "base/result.h"
#include "bench/variant.h"

#include <vector>

namespace tuner {

// What a workload can measure, over loopback or across the wire.
struct WorkloadModes {
  std::vector<BenchMode> modes;      // the first one has no TLS and is measured in any case
  std::vector<TlsVersion> versions;  // without a choice
};
WorkloadModes modes_of(BenchWorkload workload, bool across_wire = false);

// The rows of a choice, in the order of variants_of(), at each point of a series. Modes that the
// workload cannot measure are left out.
std::vector<BenchVariant> rows_of(BenchWorkload workload, const BenchChoice& choice);

// Whether each part of the choice has an effect. Fault: Invalid.
Outcome check_choice(BenchWorkload workload, bool across_wire, const BenchChoice& choice);

}  // namespace tuner
