// What bench --compare does: reads two saved documents, compares them, shows the comparison.
#pragma once

#include "cli/steps/bench_output.h"

#include <array>
#include <optional>
#include <string>

namespace tuner {

struct BenchCompareTask {
  std::optional<std::array<std::string, 2>> files;  // before and after; nullopt: the last two kept
  BenchOutput output;
};

Answer run_bench_compare(Context& context, const BenchCompareTask& task);

}  // namespace tuner
