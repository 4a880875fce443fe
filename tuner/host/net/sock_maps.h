// BPF maps of sockets. A socket in one has no kernel TLS: since 7.3, 6.12.111 and 6.1.189 the
// kernel refuses either of the two while the other is in use (net/tls/tls_main.c).
#pragma once

#include "base/result.h"

namespace tuner {

// How many sockmaps and sockhashes this machine has; 0 also where the kernel has no bpf(2).
// NotPermitted: it needs CAP_SYS_ADMIN.
Result<int> count_sock_maps();

}  // namespace tuner
