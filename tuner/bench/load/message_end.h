// The receiving end of the workload `messages`: receives by recvmsg(2), by SSL_read() in user space
// or by SSL_read() from kernel TLS, and marks each call.
#pragma once

#include "bench/load/kernel/marked_socket.h"
#include "bench/load/load_end.h"

#include <memory>

namespace tuner {

class MessageEnd {
 public:
  // `context` is null without TLS, and must outlive this, as the socket must.
  static Result<MessageEnd> make(SSL_CTX* context, int socket, bool ask_ktls);

  // As of LoadEnd.
  Outcome connect() { return end_.connect(); }
  Result<std::size_t> receive(std::span<std::uint8_t> into);
  bool ktls_recv() const { return end_.ktls_recv(); }
  EndEvidence evidence(const AskUlp& ask_ulp) const { return end_.evidence(ask_ulp); }

  // Its recvmsg(2) calls; those of kernel TLS are libssl's own and are not marked.
  MarkedSocket& marked() { return *marked_; }

 private:
  MessageEnd(LoadEnd end, std::unique_ptr<MarkedSocket> marked, bool plain)
      : end_(std::move(end)), marked_(std::move(marked)), plain_(plain) {}

  LoadEnd end_;
  std::unique_ptr<MarkedSocket> marked_;  // the BIO points to it
  bool plain_;
};

}  // namespace tuner
