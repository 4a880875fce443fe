// What reports show of a benchmark: one table of measures and one list of the environment, from
// which come page, text, Markdown, CSV and the comparison of two runs. Pure.
#pragma once

#include "bench/statistics.h"
#include "document/bench.h"
#include "report/document.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A figure that rows can have.
struct BenchMeasure {
  enum class Kind { Throughput, CpuTime, MedianLatency, TailLatency };
  Kind kind = Kind::Throughput;
  std::string key;    // in CSV and in the document of a comparison
  std::string title;  // "Throughput"
  std::string unit;   // "Gbit/s"
  bool more_is_better = true;
  std::uint64_t response_bytes = 0;  // of a latency, as the load
  double load = 0;

  // nullopt: the row was not measured, or its workload has no such figure.
  std::optional<double> value(const document::BenchRow& row) const;
  // The same of each round; empty: as above.
  std::vector<double> rounds(const document::BenchRow& row) const;
  // What this machine allows at most, by the limits of the same run; nullopt: there is none.
  std::optional<double> bound(const document::BenchRow& row) const;
  bool is_latency() const { return kind == Kind::MedianLatency || kind == Kind::TailLatency; }
};

// The measures that at least one row of this run has.
std::vector<BenchMeasure> measures_of(const document::Bench& bench);
// "1024 B at 50 % load"
std::string step_words(std::uint64_t response_bytes, double load);

bool is_measured(const document::BenchRow& row);
// "ktls TLSv1.3 AES-128-GCM"
std::string row_name(const document::BenchRow& row);
// Where the row's mode asks that records be encrypted: "kernel", "userspace", "any" of a mode that
// this release does not know; nullopt: without TLS.
std::optional<std::string_view> asked_path(const document::BenchRow& row);
// Whether the kernel or the NIC encrypted. Only of such a row do ratios say what kernel TLS brings:
// one that asked for the kernel and fell back is user space under another name.
bool took_kernel(const document::BenchRow& row);
// "8 MiB again and again, 64 KiB a call"
std::string workload_words(const document::Bench& bench);
// "TlsTxSw +10, TlsCurrTxSw +0"
std::string counters_words(const document::Counters& counters);

// What the run ran on and with, by name. Two runs that differ in one of them are not equal but for
// what was changed on purpose.
struct BenchFact {
  std::string name;
  std::string value;
};
std::vector<BenchFact> environment_of(const SavedDocument& document, const document::Bench& bench);

// "1.31", "0.042", "128": as many digits as a measurement is worth.
std::string figure_words(double figure);
// "1.31 times (1.28 to 1.34)"
std::string ratio_words(const document::BenchRatio& ratio);

// What the guide from which this project started promises of kernel TLS, and what a row measured of
// it. Its figures have no source.
struct GuidePromise {
  std::string_view what;              // "CPU time"
  std::string_view promised;          // "22 % less"
  std::vector<std::string> measured;  // a sentence for each row that measured it
};
std::vector<GuidePromise> guide_promises(const document::Bench& bench);

}  // namespace tuner
