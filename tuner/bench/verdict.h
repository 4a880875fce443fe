// Whether kernel TLS pays off here, in a word and in a sentence. Pure.
#pragma once

#include "bench/result.h"

#include <span>
#include <string>
#include <vector>

namespace tuner {

// In the order of the words. One of Loopback and Network is always there.
std::vector<NotComparable> not_comparable(const BenchStart& start, const BenchSurroundings& around);

// Of a row that asks for the kernel. NotMeasured: there is no ratio, or not the kernel or the NIC
// did the work, or that is not proved; or a row that asks for zero copy did copy.
KtlsVerdict verdict_of(const BenchRow& row, std::span<const NotComparable> doubts);
// Of all rows that ask for the kernel and have a verdict.
KtlsVerdict verdict_of(std::span<const BenchRow> rows, std::span<const NotComparable> doubts);

// "kernel TLS pays off here for this workload: ktls-sendfile TLSv1.3 …"
std::string verdict_sentence(const BenchResult& result);

// "CPU 3", "CPU 3 of 192.0.2.2:4433": of this host, or of the other one.
std::string cpu_words(const BenchStart& start, BenchEnd end);

// "1.31 times (1.28 to 1.34)"
std::string ratio_words(const PairedRatio& ratio);

}  // namespace tuner
