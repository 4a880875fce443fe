// The kernel's TLS support, found without OpenSSL.
#pragma once

#include "host/host.h"
#include "model/facts.h"
#include "probe/explain.h"
#include "probe/handshake/connection/context.h"
#include "probe/handshake/connection/loopback_pair.h"
#include "probe/handshake/connection/socket_questions.h"
#include "probe/tls_stat.h"

#include <optional>

namespace tuner {

struct KernelTls {
  ModuleFacts tls;
  bool tls_loaded = false;  // or built in
  AskUlp ask_ulp = socket_ulp;

  // Empty if tls is not loaded: a question could load tcp_diag, and no socket can have the ULP.
  AskUlp ulp_source() const { return tls_loaded ? ask_ulp : AskUlp{}; }
};

// Reads files only, so no module is loaded. Call it before entering a new network namespace, which
// has no tcp_available_ulp.
KernelTls read_kernel_tls(const FileTree& files);

// /proc/self/net/tls_stat, of this process's network namespace. If is_absent(error), tls is not
// loaded; any other error proves nothing about it.
Result<TlsCounters> read_tls_stat(const FileTree& files);

// Sets a made-up key for this version and cipher on a separate connection that never carries data,
// and returns the kernel's results. Moves the TLS counters. Sets TCP_ULP, so call it only if tls is
// loaded.
Result<KernelAnswer> ask_kernel(const CellKey& cell, Deadline deadline);

}  // namespace tuner
