// The result of bench as text and document.
#pragma once

#include "bench/result.h"
#include "cli/output/display.h"
#include "document/bench.h"

#include <string>

namespace tuner {

std::string bench_text(const BenchResult& result, const Display& display);
document::Bench bench_document(const BenchResult& result);

}  // namespace tuner
