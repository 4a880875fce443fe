// The part of bench's document that is of the workload latency.
#pragma once

#include "document/key.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuner::document {

struct BenchRatio {
  double ratio = 1;
  double low = 1;
  double high = 1;
  std::uint64_t pairs = 0;
};

void describe(auto& keys, Exactly<BenchRatio> auto& ratio) {
  keys.object("bench_ratio", "Of two rows, paired round by round");
  keys.key({"ratio", "Hodges-Lehmann's median"}, ratio.ratio);
  keys.key({"low", "Of the 95 % interval of the signed-rank test"}, ratio.low);
  keys.key({"high"}, ratio.high);
  keys.key({"pairs"}, ratio.pairs);
}

struct BenchLatencySetup {
  int connections = 0;
  std::uint64_t request_bytes = 0;
  std::uint64_t most_in_flight = 0;
  std::uint64_t seed = 0;
};

void describe(auto& keys, Exactly<BenchLatencySetup> auto& setup) {
  keys.object("bench_latency_setup", "What the generator of requests does");
  keys.key({"connections", "That the requests take in turn"}, setup.connections);
  keys.key({"request_bytes"}, setup.request_bytes);
  keys.key({"most_in_flight", "Requests without response; what is due beyond is dropped"},
           setup.most_in_flight);
  keys.key({"seed", "Of the times at which requests are due: the same seed, the same times"},
           setup.seed);
}

struct BenchPercentiles {
  std::optional<double> p50;
  std::optional<double> p90;
  std::optional<double> p99;
  std::optional<double> p99_9;
  double max = 0;
  double mean = 0;
};

void describe(auto& keys, Exactly<BenchPercentiles> auto& times) {
  keys.object("bench_percentiles",
              "Microseconds, to 0.1 %; null: too few requests for this percentile");
  keys.key({"p50"}, times.p50);
  keys.key({"p90"}, times.p90);
  keys.key({"p99"}, times.p99);
  keys.key({"p99_9", "The 99.9th percentile"}, times.p99_9);
  keys.key({"max"}, times.max);
  keys.key({"mean"}, times.mean);
}

struct BenchCurvePoint {
  double share = 0;
  double microseconds = 0;
  std::uint64_t count = 0;
};

void describe(auto& keys, Exactly<BenchCurvePoint> auto& point) {
  keys.object("bench_curve_point", "A point of the curve of percentiles");
  keys.key({"share", "Of all requests, 0 to 1"}, point.share);
  keys.key({"microseconds", "That this share of the requests did not exceed"}, point.microseconds);
  keys.key({"count", "Of the requests that did not exceed it"}, point.count);
}

struct BenchLatency {
  std::uint64_t response_bytes = 0;
  double load = 0;
  std::uint64_t rounds = 0;
  double requests_per_second = 0;
  double capacity_per_second = 0;
  std::uint64_t requests = 0;
  std::uint64_t dropped = 0;
  bool generator_limited = false;
  BenchPercentiles latency;
  BenchPercentiles from_send;
  BenchPercentiles lag;
  std::optional<BenchRatio> p50_to_tls;
  std::optional<BenchRatio> p99_to_tls;
  std::optional<BenchRatio> p50_to_plain;
  std::vector<BenchCurvePoint> curve;
  std::vector<double> p50_by_round;
  std::vector<double> p99_by_round;
};

void describe(auto& keys, Exactly<BenchLatency> auto& latency) {
  keys.object("bench_latency", "Responses of one size at one load");
  keys.key({"response_bytes"}, latency.response_bytes);
  keys.key({"load", "A share of the least capacity of all rows, so that rows have equal requests"},
           latency.load);
  keys.key({"rounds"}, latency.rounds);
  keys.key({"requests_per_second", "The planned rate"}, latency.requests_per_second);
  keys.key({"capacity_per_second",
            "Of this row: what the same connections complete if each waits for its response"},
           latency.capacity_per_second);
  keys.key({"requests", "That were due in the timed parts"}, latency.requests);
  keys.key({"dropped", "Of these: not sent, since too many were under way"}, latency.dropped);
  keys.key({"generator_limited",
            "The 99th percentile of the lag is more than 5 % of the median latency, or more than "
            "50 microseconds: the latencies are the generator's own, too"},
           latency.generator_limited);
  keys.key({"latency", "From the time that was due until the whole response had arrived"},
           latency.latency);
  keys.key({"from_send", "The same from the call that sent the request"}, latency.from_send);
  keys.key({"lag", "Of the generator: from the time that was due until that call"}, latency.lag);
  keys.key({"p50_to_tls", "The median as a multiple of that of TLS in user space"},
           latency.p50_to_tls);
  keys.key({"p99_to_tls", "The same of the 99th percentile; null also: too few requests a round"},
           latency.p99_to_tls);
  keys.key({"p50_to_plain"}, latency.p50_to_plain);
  keys.key({"curve", "Of the latency, as HdrHistogram's plotter shows it"}, latency.curve);
  keys.key({"p50_by_round", "To compare two runs; without rounds of too few requests"},
           latency.p50_by_round);
  keys.key({"p99_by_round"}, latency.p99_by_round);
}

}  // namespace tuner::document
