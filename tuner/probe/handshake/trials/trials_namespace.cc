#include "probe/handshake/connection/kernel.h"
#include "probe/handshake/trials/packet_tap.h"
#include "probe/handshake/trials/trial_bodies.h"
#include "probe/handshake/trials/trial_flow.h"

#include <poll.h>

#include <thread>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kMarker = "ktls-tuner: secret of the probe.";

// Any packet with a part of it has the marker.
Payload marked_content() {
  Payload content;
  while (content.size() < 2 * kLargestRecord)
    content.insert(content.end(), kMarker.begin(), kMarker.end());
  return content;
}

// Without kTLS the marker must be seen: otherwise its absence would prove nothing.
Outcome send_in_plain(Trial& trial, PacketTap& tap) {
  TRY(trial.connect());
  const Payload content = marked_content();
  TRY(send_raw(trial, content));
  ContentCheck check(content);
  TRY(drain(trial, check));
  const auto seen = TRY(tap.collect(kMarker));
  trial.saw("marked_in_plain", seen.marked);
  return {};
}

// Both directions in the kernel, each with the content.
Outcome send_in_tls(Trial& trial, PacketTap& tap) {
  TRY(trial.open(TrialDirection::Both));
  const Payload content = marked_content();
  TRY(receive_through_kernel(trial, content, {.records = {kLargestRecord}, .cuts = {40'000}}));
  TRY(send_through_kernel(trial, content, {kLargestRecord}));
  const auto seen = TRY(tap.collect(kMarker));
  trial.saw("captured_bytes", seen.bytes);
  trial.saw("marked", seen.marked);
  trial.saw("dropped", seen.dropped);
  return {};
}

std::int64_t gauge(const TlsCounters& stat, std::string_view software, std::string_view device) {
  std::int64_t sum = 0;
  for (const std::string_view name : {software, device}) {
    const auto found = stat.find(std::string(name));
    if (found != stat.end()) sum += static_cast<std::int64_t>(found->second);
  }
  return sum;
}

struct Gauges {
  std::int64_t tx = 0;
  std::int64_t rx = 0;
};

Result<Gauges> read_gauges(Trial& trial) {
  const auto stat = TRY(read_tls_stat(trial.files()));
  return Gauges{.tx = gauge(stat, "TlsCurrTxSw", "TlsCurrTxDevice"),
                .rx = gauge(stat, "TlsCurrRxSw", "TlsCurrRxDevice")};
}

// A socket is destroyed some time after it was closed.
constexpr std::chrono::seconds kLongestClose{5};
constexpr std::chrono::milliseconds kOneLook{20};

}  // namespace

Outcome try_no_plain_text(Trial& trial) {
  TRY(trial.needs_own_namespace("captured packets"));
  PacketTap& tap = *TRY(trial.tap());
  TRY(tap.listen());
  TRY(send_in_plain(trial, tap));
  return send_in_tls(trial, tap);
}

// The trials before this one have closed their sockets: in a namespace of its own the probe must
// come back to none.
Outcome try_gauges(Trial& trial) {
  TRY(trial.needs_own_namespace("TlsCurr gauges"));
  TRY(trial.open(TrialDirection::Both));
  const Gauges open = TRY(read_gauges(trial));
  trial.saw("open_tx", open.tx);
  trial.saw("open_rx", open.rx);
  trial.close_kernel_end();
  trial.close_raw_end();
  const auto until = std::min<Deadline>(trial.deadline(), SteadyClock::now() + kLongestClose);
  Gauges left = TRY(read_gauges(trial));
  while ((left.tx != 0 || left.rx != 0) && SteadyClock::now() < until) {
    std::this_thread::sleep_for(kOneLook);
    left = TRY(read_gauges(trial));
  }
  trial.saw("left_tx", left.tx);
  trial.saw("left_rx", left.rx);
  return {};
}

}  // namespace tuner
