// The workload messages as text and document.
#pragma once

#include "bench/result.h"
#include "cli/output/display.h"
#include "document/bench.h"

#include <optional>
#include <string>

namespace tuner {

// The rows, and what is not visible in any of them.
std::string messages_text(const BenchResult& result, const Display& display);
// nullopt: another workload, or not measured.
std::optional<document::BenchMessages> messages_document(const BenchRow& row);

}  // namespace tuner
