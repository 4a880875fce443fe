// One trial of the kernel's TLS (probe/kernel_trials.h): a loopback connection of which the client
// end gives its keys to the kernel, and what was measured on it.
#pragma once

#include "host/host.h"
#include "probe/handshake/connection/loopback_pair.h"
#include "probe/handshake/trials/packet_tap.h"
#include "probe/handshake/trials/record_protection.h"
#include "probe/kernel_trials.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// errno, or 0.
int set_socket_option(int fd, int level, int name, ByteView value);

// What all trials of a run share.
struct TrialPlace {
  const FileTree& files;
  bool own_namespace = false;
  Result<PacketTap>& tap;
};

// Both ends of a pipe, not blocking.
struct TrialPipe {
  UniqueFd out;
  UniqueFd in;
};
Result<TrialPipe> trial_pipe();

class Trial {
 public:
  Trial(const TrialKey& key, const TrialPlace& place, Deadline deadline);

  // Connects, sets the ULP and gives the kernel the keys of the direction. Measures `tx_sessions`
  // and `rx_sessions`, the sessions that the kernel counted for that.
  Outcome open(TrialDirection direction);
  // Only the connection, without the ULP.
  Outcome connect();
  // TCP_ULP, TLS_TX or TLS_RX; a refusal becomes that of the trial.
  Outcome set_ulp();
  Outcome give_key(TrialDirection direction);

  int kernel() const { return pair_->client.get(); }
  int raw() const { return pair_->server.get(); }
  // Both ends have the same key. The cipher is there once open() has succeeded.
  RecordProtection protection() const;
  RecordKey key() const { return test_key(key_.version, key_.cipher); }
  TlsVersion version() const { return key_.version; }
  Deadline deadline() const { return deadline_; }
  RecordCipher cipher() const { return key_.cipher; }
  const FileTree& files() const { return place_.files; }
  // In a shared namespace other programs change what the trial would measure.
  Outcome needs_own_namespace(std::string_view what) const;
  Result<PacketTap*> tap() const;

  void saw(std::string_view name, std::int64_t value);
  // A call on the connection failed, or not (0): measured as `errno`.
  Outcome answered(int error);
  void close_kernel_end() { pair_->client.reset(); }
  void close_raw_end() { pair_->server.reset(); }

  // The kernel does not have what the trial is about. Always an error.
  Outcome refuse(std::string_view call, int error);

  // Call it last. `done`: an error is why the trial was not done, unless the kernel refused.
  KernelTrial report(const Outcome& done) &&;

 private:
  TrialKey key_;
  TrialPlace place_;
  Deadline deadline_;
  std::optional<LoopbackPair> pair_;
  KernelTrial report_;
};

}  // namespace tuner
