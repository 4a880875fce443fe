// The part of bench's document that says what is measured.
#pragma once

#include "bench/report.h"
#include "document/bench_latency.h"
#include "document/common.h"

namespace tuner::document {

struct BenchWorkload {
  std::string name;
  std::optional<std::string> point;
  std::optional<std::string> operation;
  std::optional<std::uint64_t> content_bytes;
  std::optional<std::uint64_t> call_bytes;
  std::optional<BenchLatencySetup> latency;
  int rounds_planned = 0;
  double round_seconds = 0;
};

void describe(auto& keys, Exactly<BenchWorkload> auto& workload) {
  keys.object("bench_workload", "What is sent over loopback, from one thread to another");
  keys.key(
      {"name",
       "bulk: the same content again and again, one connection at a time. latency: requests at "
       "times that were fixed beforehand, whatever the responses do. messages: one message at "
       "a time, with a mark at each stage of its receiver. small-records: the same "
       "content, one call sends one record, at several sizes. files: one call sends a file from "
       "the page cache, which user space reads first. connections: 16 KiB on each of many "
       "connections in turn. handshakes: new connections, each with 64 bytes. slow-readers: 32 "
       "connections of which some pause. loss: 16 connections over a loopback that loses 1 % of "
       "the packets",
       {.words = words_of<tuner::BenchWorkload>()}},
      workload.name);
  keys.key({"point",
            "What the points of its rows are: bytes a record, bytes a file, connections, slow "
            "readers; null: it is no series"},
           workload.point);
  keys.key({"operation", "What it counts: record, file, connection; null: nothing but bytes"},
           workload.operation);
  keys.key({"content_bytes", "Of the memory buffer, or the file in the page cache; null: not bulk"},
           workload.content_bytes);
  keys.key({"call_bytes", "That each call hands over, or a message has; null: latency"},
           workload.call_bytes);
  keys.key({"latency", "The load of the workload latency; null: another one", kLater},
           workload.latency);
  keys.key({"rounds_planned", "In each round each row is measured once; the order alternates"},
           workload.rounds_planned);
  keys.key({"round_seconds", "The planned time of a measurement, after its warm-up"},
           workload.round_seconds);
}

}  // namespace tuner::document
