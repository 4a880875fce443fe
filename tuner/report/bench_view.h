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
  // Operation: what the workload counts besides bytes. Sum: stages of a message together, as every
  // way to receive has them; single stages are no measure, since kernel TLS has others.
  enum class Kind {
    Throughput,
    CpuTime,
    OperationRate,
    OperationCpu,
    MedianLatency,
    TailLatency,
    Sum
  };
  Kind kind = Kind::Throughput;
  std::string key;    // in CSV and in the document of a comparison
  std::string title;  // "Throughput"
  std::string unit;   // "Gbit/s"
  bool more_is_better = true;
  std::uint64_t response_bytes = 0;  // of a latency, as the load
  double load = 0;
  std::string sum = {};  // of a message's sums, its name in the document

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
// "ktls TLSv1.3 AES-128-GCM at 64": the last is the point of a series.
std::string row_name(const document::BenchRow& row);
// The same without the point: all rows of a series with this name are one way to send.
std::string way_name(const document::BenchRow& row);
// What the row does, for readers who do not know its word.
std::string_view mode_words(std::string_view mode);
std::string_view stage_words(std::string_view stage);  // of a received message: from where to where
std::string_view sum_words(std::string_view sum);
// "1 KiB a record", "100 connections"; without a series only the number.
std::string point_words(const document::BenchWorkload& workload, std::uint64_t point);
// "1 KiB", "100": the same without the words of the workload.
std::string point_name(const document::BenchWorkload& workload, std::uint64_t point);
// Whether its rows stand at several points, such as sizes of a record.
bool is_series(const document::Bench& bench);
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
// A unit of a measure as a page writes it: "µs".
std::string page_unit(std::string_view unit);
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
