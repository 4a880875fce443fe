// Cells and notes that the tables of all workloads of bench share.
#pragma once

#include "bench/result.h"
#include "cli/output/table.h"

#include <optional>
#include <string>

namespace tuner {

// "9.87", "12.3"
std::string figure(double number);
// "0.95 (0.94-0.96)"; "-": none
std::string ratio_cell(const std::optional<PairedRatio>& ratio);
// Of the cells that compare the row with user space.
Tint tint_of(const BenchRow& row);
// What stands below a row: why, and the proof.
void add_notes(Table& table, const BenchRow& row);

}  // namespace tuner
