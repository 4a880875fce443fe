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

// Records of 64 B to 16 KiB: ktls is `factors` times as fast as user space, point by point; 0 was
// not measured. It pays off where the factor is above 1.
inline document::Bench series_bench(const std::vector<double>& factors) {
  document::Bench all = bench(30, 0.4);
  all.workload = {.name = "small-records",
                  .point = "bytes a record",
                  .operation = "record",
                  .content_bytes = {},
                  .call_bytes = 65536,
                  .rounds_planned = 10,
                  .round_seconds = 0.1};
  all.rows.clear();
  std::uint64_t point = 64;
  document::BenchCrossover crossover{.mode = "ktls", .version = "TLSv1.3", .cipher = "AES-128-GCM"};
  for (const double factor : factors) {
    const double gbit = 0.001 * static_cast<double>(point);
    document::Bench at = bench(gbit * factor, 0.5 / (factor > 0 ? factor : 1));
    at.rows[0] = bench_row("plain", "", gbit * 4, 0.1);
    at.rows[1] = bench_row("tls", "userspace", gbit, 0.5);
    if (factor > 0) {
      document::BenchFigures& figures = *at.rows[2].figures;
      figures.speed_to_tls = {
          .ratio = factor, .low = factor * 0.98, .high = factor * 1.02, .pairs = 10};
      crossover.points.push_back(point);
      if (factor > 1) crossover.pays_off_at.push_back(point);
      if (factor <= 1) crossover.from.reset();
      if (factor > 1 && !crossover.from) crossover.from = point;
    }
    for (document::BenchRow& row : at.rows) {
      row.point = point;
      if (row.figures)
        row.figures->operations = {
            .per_second = row.figures->gbit_per_second * 1.25e8 / static_cast<double>(point),
            .cpu_us = row.figures->cpu_seconds_per_gb.total * 1e-3 * static_cast<double>(point)};
      all.rows.push_back(row);
    }
    point *= 4;
  }
  if (!crossover.points.empty()) all.crossovers.push_back(crossover);
  return all;
}

inline document::BenchMessages bench_messages(bool kernel, double call) {
  const auto stage = [](const char* name, double us) {
    return document::BenchStage{
        .stage = name, .count = 500, .p50_us = us, .p99_us = us * 5, .because = {}};
  };
  const auto hidden = [](const char* name, const char* because) {
    return document::BenchStage{.stage = name, .p50_us = {}, .p99_us = {}, .because = because};
  };
  const auto sum = [](const char* name, double us) {
    document::BenchSum made{.sum = name,
                            .count = 500,
                            .p50_us = us,
                            .p99_us = us * 5,
                            .because = {},
                            .to_tls = {},
                            .p50_by_round = {}};
    for (int round = 0; round < 10; ++round)
      made.p50_by_round.push_back(us * (1 + 0.002 * (round % 3)));
    return made;
  };
  document::BenchMessages messages{
      .messages = 500, .compared = 80, .agreed = 79, .lead_p50_us = 0.3, .stages = {}, .sums = {}};
  messages.stages = {
      hidden("nic_to_kernel", "not visible: loopback has no NIC"),
      stage("kernel_to_epoll", 20),
      kernel ? hidden("epoll_to_recv", "one call with decrypt") : stage("epoll_to_recv", 2),
      kernel ? hidden("decrypt", "one call with receive") : stage("decrypt", call - 2),
      stage("parse", 0.1),
      stage("callback", 0.05)};
  messages.sums = {sum("kernel_to_plain_text", 20 + call), sum("epoll_to_plain_text", call),
                   sum("kernel_to_done", 20.2 + call)};
  return messages;
}

// ktls-receive takes `call` us in the call that receives and decrypts, user space 6; 0 was not
// measured.
inline document::Bench messages_bench(double call) {
  document::Bench all = bench(call > 0 ? 30 : 0, 0.4);
  all.workload.name = "messages";
  all.workload.content_bytes.reset();
  all.workload.call_bytes = 1024;
  for (document::BenchRow& row : all.rows) row.figures.reset();
  all.rows[0].messages = bench_messages(false, 3);
  all.rows[1].messages = bench_messages(false, 6);
  all.rows[2].mode = "ktls-receive";
  if (!(call > 0)) return all;
  all.rows[2].messages = bench_messages(true, call);
  for (document::BenchSum& sum : all.rows[2].messages->sums)
    sum.to_tls = {.ratio = call / 6, .low = call / 6.1, .high = call / 5.9, .pairs = 10};
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
  body = bench;
  return document::to_json(bench_envelope(std::move(host)), body);
}

inline SavedDocument saved_bench(const document::Bench& bench, std::string host = "h") {
  return saved(bench_json(bench, std::move(host)), "bench.json");
}

}  // namespace tuner::testing
