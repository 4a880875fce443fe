// What this kernel says about TLS, asked without OpenSSL.
#pragma once

#include "host/host.h"
#include "model/facts.h"
#include "probe/explain.h"
#include "probe/handshake/context.h"
#include "probe/handshake/loopback_pair.h"
#include "probe/handshake/socket_questions.h"
#include "probe/tls_stat.h"

#include <optional>

namespace tuner {

struct KernelSight {
  ModuleFacts tls;
  bool tls_loaded = false;  // or built in
  AskUlp ask_ulp = socket_ulp;

  // Asking may load tcp_diag: only where there can be an answer.
  AskUlp ulp_source() const { return tls_loaded ? ask_ulp : AskUlp{}; }
};

// Looks at files only, so that nothing is loaded by accident. To be called before a network
// namespace is entered: a fresh one has no tcp_available_ulp.
KernelSight look_at_kernel(const FileTree& files);

// /proc/net/tls_stat of the network namespace that this process is in; nothing: there is none.
std::optional<TlsStat> read_tls_stat(const FileTree& files);

// Hands a made-up key for this version and cipher to the kernel, on a connection of its own that is
// never written to. It moves the TLS counters, and it sets TCP_ULP: only where tls is loaded.
Result<KernelOffer> ask_kernel(const CellKey& cell, Deadline deadline);

}  // namespace tuner
