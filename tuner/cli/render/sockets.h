// The sockets with the kernel's TLS, as a document and as text.
#pragma once

#include "cli/output/display.h"
#include "document/sockets.h"
#include "host/sockets/collect.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuner {

// Whether a direction has keys. Without, the TLS library has only attached the kernel's TLS.
bool has_keys(const TlsSocket& socket);

bool is_attached(const TlsSocket& socket);
// The TLS library of its program; "": not known.
std::string library_text(const TlsSocket& socket, const TlsSockets& all);
// Whether the program of a listener uses kTLS.
KtlsUse listener_use(const TlsSocket& listener, const TlsSockets& all);
// Holders of sockets whose mapped files could not be read.
std::size_t unreadable_programs(const TlsSockets& all);

// "nginx (812)", "kernel: NFS, by its port".
std::string holder_text(const TlsSocket& socket, const TlsSockets& all);

// "nginx.service: nginx (812)"; without a service as holder_text().
std::string owner_text(const TlsSocket& socket, const TlsSockets& all);

// What the list may lack: sentences.
std::vector<std::string> sockets_limits(const TlsSockets& all);

// Nothing is listed of such a namespace, and "none" would be a lie: the error that says so.
// nullopt: it was read, and the kernel shows TLS.
std::optional<Error> cannot_see(const SocketSpace& space);

// What each socket counts for coverage, by index. `names`, by index too, are their groups; they
// have to outlive the result. Without a look at programs all sessions count as eligible.
std::vector<TlsShare> tls_shares(const TlsSockets& all, std::span<const std::string> names);

// The group of each socket, by index: its service, process or NIC.
std::vector<std::string> group_names(const TlsSockets& all, SocketsBy by);

// By service, process or NIC. A socket of no known service counts by its process.
std::vector<TlsCoverage> sockets_coverage(const TlsSockets& all, SocketsBy by);

document::Sockets sockets_document(const TlsSockets& all, SocketsBy by);
std::string sockets_text(const TlsSockets& all, SocketsBy by, const Display& display);

}  // namespace tuner
