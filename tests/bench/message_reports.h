// Reports of the workload messages, made in code.
#pragma once

#include "bench/bench_reports.h"

namespace tuner::testing {

// 10 messages. From the kernel's stamp to epoll_wait() 1,000 ns, `call` ns in the call that
// receives, of which recvmsg() has 400 unless it is kernel TLS; parsing 50, the callback 30.
inline MessageSample message_sample(std::size_t variant, int round, std::int64_t call,
                                    bool ktls = false) {
  MessageSample sample{
      .variant = variant,
      .round = round,
      .marked = {},
      .checked_bytes = 1024,
      .evidence = {.path = TlsPath::Failed, .counters = {}, .ulp = {}, .because = {}}};
  sample.marked.origin =
      1'700'000'000'000'000'000 + 1'000'000 * (round * 10 + std::int64_t(variant));
  for (int i = 0; i < 10; ++i) {
    MessageMarks marks{.nic = {}, .kernel = 10'000 * i, .receive = {}};
    marks.epoll = *marks.kernel + 1000;
    marks.call = marks.epoll + 100;
    if (!ktls) marks.receive = MessageReceive{.begin = marks.call + 10, .nanoseconds = 400};
    marks.plain = marks.call + call;
    marks.parsed = marks.plain + 50;
    marks.done = marks.parsed + 30;
    sample.marked.messages.push_back(marks);
  }
  return sample;
}

// Ten rounds: plain, tls with 1,000 ns in its call, and ktls-receive with so many.
inline BenchReport message_report(std::int64_t ktls_call) {
  BenchReport report;
  report.start = bench_start();
  report.start.workload = BenchWorkload::Messages;
  report.start.call_bytes = 1024;
  report.start.variants[2].mode = BenchMode::KtlsReceive;
  report.start.variants.pop_back();
  report.ending = BenchEnding::Complete;
  for (int round = 0; round < report.start.rounds; ++round) {
    report.messages.push_back(message_sample(0, round, 410));
    report.messages.push_back(message_sample(1, round, 1000 + round));
    report.messages.back().evidence.path = TlsPath::Userspace;
    report.messages.push_back(message_sample(2, round, ktls_call + round, /*ktls=*/true));
    report.messages.back().evidence.path = TlsPath::Kernel;
    report.messages.back().evidence.counters = {{"TlsRxSw", 1}};
  }
  return report;
}

}  // namespace tuner::testing
