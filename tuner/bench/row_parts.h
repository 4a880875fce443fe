// What rows of all workloads are made of. Pure.
#pragma once

#include "bench/result.h"

#include <cstddef>
#include <map>
#include <optional>

namespace tuner {

// A figure of a row by the number of the round.
using ByRound = std::map<int, double>;

// Of the rounds that both have.
std::optional<PairedRatio> ratio_of(const ByRound& of, const ByRound& to);

// The row of this variant; nullopt: none.
std::optional<std::size_t> place_of(const BenchStart& start, const BenchVariant& variant);
// The row of TLS in user space of the same version, cipher and point.
std::optional<std::size_t> user_space_of(const BenchStart& start, const BenchVariant& variant);

// Adds the evidence of one more measurement. A row has one label only if all its connections took
// that path.
void add_evidence(BenchRow& row, const BenchEvidence& evidence);

}  // namespace tuner
