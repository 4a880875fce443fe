// How a program hands the connection to libssl, told from the names that its file takes from
// libssl and libcrypto. That decides whether its TLS can get into the kernel: libssl switches kTLS
// on for a socket BIO of its own only (BIO_CTRL_SET_KTLS in OpenSSL's crypto/bio/bss_sock.c). Pure.
#pragma once

#include "base/words.h"

#include <set>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

enum class TlsTransport {
  Socket,     // a socket BIO of libssl: can be in the kernel
  OwnBio,     // a BIO of the program: cannot
  MemoryBio,  // buffers in memory: cannot
  // The program replaces read and write of the socket BIO and inherits the rest of it. libssl
  // switches kTLS on, and the program goes on with plain reads and writes: connections break.
  Inherited,
  Mixed,  // more than one of these: not known which connection uses which
  None,   // it takes none of these names
};
template <>
inline constexpr auto kWords<TlsTransport> =
    std::to_array<Word<TlsTransport>>({{TlsTransport::Socket, "socket"},
                                       {TlsTransport::OwnBio, "own_bio"},
                                       {TlsTransport::MemoryBio, "memory_bio"},
                                       {TlsTransport::Inherited, "inherited_bio"},
                                       {TlsTransport::Mixed, "mixed"},
                                       {TlsTransport::None, "none"}});

// The names that tls_transport() looks at: to be asked of a file (host/programs/elf.h).
std::span<const std::string_view> tls_transport_names();

// `imports`: which of those names the file takes from other files.
TlsTransport tls_transport(const std::set<std::string, std::less<>>& imports);

// Of a process that has several such files: the program and its plugins or libraries. Inherited if
// one is, because that one breaks.
TlsTransport combined(std::span<const TlsTransport> all);

}  // namespace tuner
