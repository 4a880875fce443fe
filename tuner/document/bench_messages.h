// The part of bench's document that is of the workload messages.
#pragma once

#include "bench/stages.h"
#include "document/bench_latency.h"
#include "document/key.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuner::document {

struct BenchStage {
  std::string stage;
  std::uint64_t count = 0;
  std::optional<double> p50_us;
  std::optional<double> p99_us;
  std::string because;
};

void describe(auto& keys, Exactly<BenchStage> auto& stage) {
  keys.object("bench_stage", "A stage of received messages");
  keys.key({"stage",
            "nic_to_kernel: from the NIC's time stamp to the kernel's. kernel_to_epoll: until "
            "epoll_wait(2) returned. epoll_to_recv: until recvmsg(2) returned. decrypt: the rest "
            "of SSL_read(). parse. callback",
            {.words = words_of<MessageStage>()}},
           stage.stage);
  keys.key({"count", "Messages in which it is visible"}, stage.count);
  keys.key({"p50_us", "Exact, over all rounds; null: not visible, which is not zero"},
           stage.p50_us);
  keys.key({"p99_us"}, stage.p99_us);
  keys.key({"because", "Why it is not visible, or not in all messages"}, stage.because);
}

struct BenchSum {
  std::string sum;
  std::uint64_t count = 0;
  std::optional<double> p50_us;
  std::optional<double> p99_us;
  std::string because;
  std::optional<BenchRatio> to_tls;
  std::vector<double> p50_by_round;
};

void describe(auto& keys, Exactly<BenchSum> auto& sum) {
  keys.object("bench_sum", "Stages together, as every way to receive has them");
  keys.key({"sum",
            "kernel_to_plain_text: from the kernel's time stamp until plain text is in the user's "
            "buffer. epoll_to_plain_text: the same from the end of epoll_wait(2). kernel_to_done: "
            "until the callback returned",
            {.words = words_of<MessageSum>()}},
           sum.sum);
  keys.key({"count"}, sum.count);
  keys.key({"p50_us", "As of a stage"}, sum.p50_us);
  keys.key({"p99_us"}, sum.p99_us);
  keys.key({"because"}, sum.because);
  keys.key({"to_tls",
            "The medians of the rounds as a multiple of those of TLS in user space, of this "
            "version and cipher; null: not both measured"},
           sum.to_tls);
  keys.key({"p50_by_round", "To compare two runs; without rounds of no such message", kLater},
           sum.p50_by_round);
}

struct BenchMessages {
  std::uint64_t messages = 0;
  std::uint64_t in_parts = 0;
  std::uint64_t disordered = 0;
  std::uint64_t compared = 0;
  std::uint64_t agreed = 0;
  std::optional<double> lead_p50_us;
  std::vector<BenchStage> stages;
  std::vector<BenchSum> sums;
};

void describe(auto& keys, Exactly<BenchMessages> auto& messages) {
  keys.object("bench_messages", "Received messages, one at a time; microseconds");
  keys.key({"messages", "That were measured"}, messages.messages);
  keys.key({"in_parts", "That took several calls, and are not among them"}, messages.in_parts);
  keys.key({"disordered",
            "Whose marks contradict each other, and are not among them: the clock was set "
            "meanwhile"},
           messages.disordered);
  keys.key({"compared",
            "Messages before the timed part with a time stamp of the socket and of the capture "
            "beside it; 0 with kernel TLS, whose sockets deliver none"},
           messages.compared);
  keys.key({"agreed",
            "Of these, where the capture's lies between the message before and the socket's, as "
            "that of the same packet must"},
           messages.agreed);
  keys.key({"lead_p50_us",
            "By how much the capture's is earlier, the median of those; null: none were compared"},
           messages.lead_p50_us);
  keys.key({"stages"}, messages.stages);
  keys.key({"sums"}, messages.sums);
}

}  // namespace tuner::document
