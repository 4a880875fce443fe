// A socket whose recvmsg(2) is marked: when it was called, how long it took, and the time stamps
// that came with the data. Also as a BIO, for TLS in user space.
#pragma once

#include "base/result.h"
#include "bench/stages.h"

#include <openssl/bio.h>

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>

namespace tuner {

// CLOCK_REALTIME in nanoseconds since 1970, from the vDSO: without a system call on most hosts.
std::int64_t realtime_ns();

class MarkedSocket {
 public:
  // The caller keeps ownership of the socket, which outlives this.
  explicit MarkedSocket(int socket) : socket_(socket) {}

  // Whether data come, from now on, with the time at which the kernel received them
  // (SO_TIMESTAMPING). It costs each recvmsg(2) some time.
  Outcome ask_stamps(bool wanted);

  // Forgets the marks of the message before.
  void restart() { *this = MarkedSocket(socket_, stamps_); }
  // recvmsg(2): -1 with errno, 0 at the end of the connection.
  ssize_t receive(std::span<std::uint8_t> into);
  // send(2), without a mark.
  ssize_t send(std::span<const std::uint8_t> bytes) const;

  // Since restart(). nullopt: receive() was not called.
  const std::optional<MessageReceive>& marks() const { return marks_; }
  // The kernel's stamp of the last packet that receive() read from.
  std::optional<std::int64_t> stamp() const { return stamp_; }

 private:
  MarkedSocket(int socket, bool stamps) : socket_(socket), stamps_(stamps) {}

  int socket_;
  bool stamps_ = false;
  std::optional<MessageReceive> marks_;
  std::optional<std::int64_t> stamp_;
};

// A BIO over the socket, which must outlive it. nullptr: no memory.
BIO* marked_bio(MarkedSocket& socket);

}  // namespace tuner
