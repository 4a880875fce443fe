// Whether kernel TLS pays off here, in a word and in a sentence. Pure.
#pragma once

#include "bench/result.h"

#include <span>
#include <string>
#include <vector>

namespace tuner {

// In the order of the words. Loopback is always one: it shows nothing of a NIC.
std::vector<NotComparable> not_comparable(const BenchStart& start, const BenchSurroundings& around);

// Of a row that asks for the kernel. NotMeasured: there is no ratio, or not the kernel or the NIC
// did the work, or that is not proved; or a row that asks for zero copy did copy.
KtlsVerdict verdict_of(const BenchRow& row, std::span<const NotComparable> doubts);
// Of all rows that ask for the kernel and have a verdict.
KtlsVerdict verdict_of(std::span<const BenchRow> rows, std::span<const NotComparable> doubts);

// "kernel TLS pays off here for this workload: ktls-sendfile TLSv1.3 …"
std::string verdict_sentence(const BenchResult& result);

// "1.31 times (1.28 to 1.34)"
std::string ratio_words(const PairedRatio& ratio);

}  // namespace tuner
