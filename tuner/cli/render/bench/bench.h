// The result of bench as text and document.
#pragma once

#include "bench/result.h"
#include "cli/output/display.h"
#include "document/bench.h"

#include <optional>
#include <string>

namespace tuner {

std::string bench_text(const BenchResult& result, const Display& display);
std::optional<document::BenchRatio> ratio_document(const std::optional<PairedRatio>& ratio);
document::Bench bench_document(const BenchResult& result);

}  // namespace tuner
