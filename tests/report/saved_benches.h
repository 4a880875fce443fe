// Documents of bench, made of the struct, so that a later key needs no other test.
#pragma once

#include "document/write.h"
#include "report/saved_documents.h"

#include <string>
#include <vector>

namespace tuner::testing {

inline document::BenchFigures bench_figures(double gbit, double cpu) {
  document::BenchFigures figures{
      .gbit_per_second = gbit,
      .cpu_seconds_per_gb = {
          .total = cpu, .sender = cpu * 0.6, .receiver = cpu * 0.4, .threads = cpu}};
  for (int round = 0; round < 10; ++round) {
    const double noise = 1 + 0.002 * (round % 3);
    figures.rounds.gbit_per_second.push_back(gbit * noise);
    figures.rounds.cpu_seconds_per_gb.push_back(cpu * noise);
  }
  return figures;
}

inline document::BenchRow bench_row(std::string mode, std::string path, double gbit, double cpu) {
  document::BenchRow row{.mode = std::move(mode)};
  if (row.mode.starts_with("plain")) {
    row.figures = bench_figures(gbit, cpu);
  } else {
    row.version = "TLSv1.3";
    row.cipher = "AES-128-GCM";
    if (gbit > 0) row.figures = bench_figures(gbit, cpu);
    if (!path.empty()) row.path = std::move(path);
  }
  row.rounds = row.figures ? 10 : 0;
  row.bytes = row.rounds * 1'000'000;
  row.checked_bytes = row.rounds * 1'048'576;
  return row;
}

// plain 40 Gbit/s, tls 20, and ktls as given: 0 is not measured.
inline document::Bench bench(double ktls, double cpu) {
  document::Bench all{
      .workload = {.name = "bulk",
                   .content_bytes = 8U << 20U,
                   .call_bytes = 65536,
                   .rounds_planned = 10,
                   .round_seconds = 0.2},
      .library = "OpenSSL 3.0.17",
      .own_namespace = true,
      .sender = {.cpu = 2},
      .receiver = {.cpu = 3},
      .limits = {.memory_copy = 90, .aes_128_gcm_seal = 41, .aes_128_gcm_open = {}},
      .rows = {bench_row("plain", "", 40, 0.2), bench_row("tls", "userspace", 20, 0.5),
               bench_row("ktls", ktls > 0 ? "kernel" : "", ktls, cpu)},
      .not_comparable = {{"loopback", "loopback shows nothing of a NIC", false}},
      .ending = "complete",
      .rounds_done = 10,
      .verdict = "pays_off",
      .because = "kernel TLS pays off here"};
  document::BenchRow& row = all.rows[2];
  row.verdict = row.figures ? "pays_off" : "not_measured";
  if (!row.figures) {
    row.because = "the module tls is not loaded";
    return all;
  }
  row.counters = {{"TlsTxSw", 10}};
  row.ulp = document::Ulp{"1.3", "aes-gcm-128", "sw", "none"};
  row.figures->speed_to_tls = {
      .ratio = ktls / 20, .low = ktls / 20.5, .high = ktls / 19.5, .pairs = 10};
  row.figures->cpu_to_tls = {
      .ratio = cpu / 0.5, .low = cpu / 0.52, .high = cpu / 0.48, .pairs = 10};
  row.figures->bound_gbit_per_second = 20.2;
  return all;
}

// Responses of two loads; ktls is `factor` times as slow as user space, and at the higher load the
// generator limits all rows.
inline document::Bench latency_bench(double factor) {
  document::Bench all = bench(30, 0.4);
  all.workload.name = "latency";
  all.workload.content_bytes.reset();
  all.workload.call_bytes.reset();
  all.workload.latency = {.connections = 4, .request_bytes = 64, .most_in_flight = 1024, .seed = 7};
  for (document::BenchRow& row : all.rows) {
    row.figures.reset();
    const double us = row.mode == "plain" ? 10 : row.mode == "tls" ? 20 : 20 * factor;
    for (const double load : {0.002, 0.5}) {
      document::BenchLatency step{.response_bytes = 1024,
                                  .load = load,
                                  .rounds = 10,
                                  .requests_per_second = 1000,
                                  .capacity_per_second = 50'000,
                                  .requests = 1000,
                                  .generator_limited = load == 0.5,
                                  .latency = {.p50 = us,
                                              .p90 = us * 1.5,
                                              .p99 = us * 3,
                                              .p99_9 = {},
                                              .max = us * 9,
                                              .mean = us * 1.1}};
      step.curve = {{0, us * 0.8, 1},
                    {0.5, us, 500},
                    {0.9, us * 1.5, 900},
                    {0.99, us * 3, 990},
                    {1, us * 9, 1000}};
      for (int round = 0; round < 10; ++round) {
        step.p50_by_round.push_back(us * (1 + 0.002 * (round % 3)));
        step.p99_by_round.push_back(us * (3 + 0.002 * (round % 3)));
      }
      row.latency.push_back(std::move(step));
    }
    if (row.mode != "ktls") continue;
    row.p50_to_tls = {.ratio = factor, .low = factor * 0.98, .high = factor * 1.02, .pairs = 10};
    row.p99_to_tls = row.latency[0].p99_to_tls = row.p50_to_tls;
  }
  return all;
}

inline document::Envelope bench_envelope(std::string host) {
  return {.kind = "bench",
          .tool = {.version = "0.1.0"},
          .host = {.hostname = std::move(host), .kernel = "6.1.0", .boot_id = "b"},
          .started_at = kNoon - std::chrono::minutes(1),
          .duration_ms = 15'000,
          .exit_code = 0,
          .errors = {}};
}

inline Json bench_json(const document::Bench& bench, std::string host = "h") {
  document::Body body;
  body.keys = bench;
  return document::to_json(bench_envelope(std::move(host)), body);
}

inline SavedDocument saved_bench(const document::Bench& bench, std::string host = "h") {
  return saved(bench_json(bench, std::move(host)), "bench.json");
}

}  // namespace tuner::testing
