// Cells and notes that the tables of all workloads of bench share.
#pragma once

#include "bench/result.h"
#include "cli/output/table.h"

#include <optional>
#include <set>
#include <string>

namespace tuner {

// "9.87", "12.3"
std::string figure(double number);
// "0.95 (0.94-0.96)"; "-": none
std::string ratio_cell(const std::optional<PairedRatio>& ratio);
std::set<TlsCipher> ciphers_of(const BenchResult& result);
// "TLSv1.3", with the cipher if the result has several; empty: without TLS
std::string version_cell(const BenchResult& result, const BenchRow& row);
// Of the cells that compare the row with user space.
Tint tint_of(const BenchRow& row);
// What stands below a row: why, and the proof.
void add_notes(Table& table, const BenchRow& row);

}  // namespace tuner
