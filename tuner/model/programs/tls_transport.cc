#include "model/programs/tls_transport.h"

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr std::string_view kNewMethod = "BIO_meth_new";
constexpr std::string_view kSocketMethod = "BIO_s_socket";
constexpr auto kSocket = std::to_array<std::string_view>(
    {kSocketMethod, "SSL_set_fd", "SSL_set_rfd", "SSL_set_wfd", "BIO_new_socket", "BIO_s_connect",
     "BIO_new_connect", "BIO_new_ssl_connect", "BIO_s_accept", "BIO_new_accept"});
constexpr auto kMemory =
    std::to_array<std::string_view>({"BIO_new_bio_pair", "BIO_s_bio", "BIO_s_mem"});
// BIO_s_mem() is also how programs read certificates: only with this it is a transport.
constexpr std::string_view kSetBio = "SSL_set_bio";

constexpr auto kNames = [] {
  std::array<std::string_view, kSocket.size() + kMemory.size() + 2> names{kNewMethod, kSetBio};
  auto next = std::ranges::copy(kSocket, names.begin() + 2).out;
  std::ranges::copy(kMemory, next);
  return names;
}();

}  // namespace

std::span<const std::string_view> tls_transport_names() {
  return kNames;
}

TlsTransport tls_transport(const std::set<std::string, std::less<>>& imports) {
  const auto has = [&](std::string_view name) { return imports.contains(name); };
  const bool socket = std::ranges::any_of(kSocket, has);
  if (has(kNewMethod)) {
    // Beside a method of its own a program takes BIO_s_socket() to copy functions from it.
    if (has(kSocketMethod)) return TlsTransport::Inherited;
    return socket ? TlsTransport::Mixed : TlsTransport::OwnBio;
  }
  if (socket) return TlsTransport::Socket;
  const bool pair = has("BIO_new_bio_pair") || has("BIO_s_bio");
  if (pair || (has("BIO_s_mem") && has(kSetBio))) return TlsTransport::MemoryBio;
  // It sets a BIO that another file has made, of which kind is not known.
  return has(kSetBio) ? TlsTransport::Mixed : TlsTransport::None;
}

TlsTransport combined(std::span<const TlsTransport> all) {
  TlsTransport one = TlsTransport::None;
  for (const TlsTransport next : all) {
    if (next == TlsTransport::None || next == one) continue;
    // This one breaks connections, whatever the others do.
    if (next == TlsTransport::Inherited || one == TlsTransport::Inherited)
      return TlsTransport::Inherited;
    const auto cannot = [](TlsTransport it) {
      return it == TlsTransport::OwnBio || it == TlsTransport::MemoryBio;
    };
    if (one == TlsTransport::None)
      one = next;
    else
      one = cannot(one) && cannot(next) ? TlsTransport::OwnBio : TlsTransport::Mixed;
  }
  return one;
}

}  // namespace tuner
