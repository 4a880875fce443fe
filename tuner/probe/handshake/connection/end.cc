#include "probe/handshake/connection/end.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <numeric>

namespace tuner {
namespace {

using Bytes = std::span<const std::uint8_t>;

// A memory file without a path, with these bytes.
// sendfile(2) needs a file, and the helper has no folder to write in: it runs as nobody.
Result<UniqueFd> file_in_memory(Bytes bytes) {
  UniqueFd file(::memfd_create("ktls-tuner-probe", MFD_CLOEXEC));
  if (!file) return fail(errno_error(errno, "make a file in memory"));
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0) return fail(errno_error(errno, "fill a file in memory"));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return file;
}

}  // namespace

Result<TlsEnd> TlsEnd::on(SSL_CTX* context, int socket, bool ask_ktls, Deadline deadline) {
  Connection connection(SSL_new(context));
  if (!connection || !attach_socket(connection.get(), socket, ask_ktls)) {
    return fail(openssl_error("create TLS for a socket"));
  }
  return TlsEnd(std::move(connection), deadline);
}

// OpenSSL keeps errors in a queue of the thread. SSL_get_error() looks at it, so an error left by
// an earlier call would be taken for one of this call (SSL_get_error(3)).
Outcome TlsEnd::ready() const {
  ERR_clear_error();
  if (std::chrono::steady_clock::now() < deadline_) return {};
  return no_progress("the probe");
}

Outcome TlsEnd::answer(int returned, std::string_view doing) const {
  return ssl_outcome(connection_.get(), returned, doing);
}

Outcome TlsEnd::accept() {
  TRY(ready());
  return answer(SSL_accept(connection_.get()), "server handshake");
}

Outcome TlsEnd::connect() {
  TRY(ready());
  return answer(SSL_connect(connection_.get()), "client handshake");
}

// Without SSL_MODE_ENABLE_PARTIAL_WRITE, SSL_write() writes all or nothing. Up to 16 KiB make one
// record.
Outcome TlsEnd::write(Bytes record) {
  TRY(ready());
  const int size = static_cast<int>(record.size());
  return answer(SSL_write(connection_.get(), record.data(), size), "send a record");
}

// First a ramp of sizes around the limits of records and segments, then whole records: a record
// that begins or ends inside a packet is where an offload may fail.
Outcome TlsEnd::send(Bytes payload) {
  for (const std::size_t size : ramp(payload.size())) {
    TRY(write(payload.first(size)));
    payload = payload.subspan(size);
  }
  while (!payload.empty()) {
    const std::size_t size = std::min(payload.size(), kLargestRecord);
    TRY(write(payload.first(size)));
    payload = payload.subspan(size);
  }
  return {};
}

Outcome TlsEnd::send_file(int file, std::size_t offset, std::size_t size) {
  while (size > 0) {
    TRY(ready());
    const ossl_ssize_t sent =
        SSL_sendfile(connection_.get(), file, static_cast<off_t>(offset), size, 0);
    if (sent <= 0) return answer(static_cast<int>(sent), "SSL_sendfile");
    offset += static_cast<std::size_t>(sent);
    size -= static_cast<std::size_t>(sent);
  }
  return {};
}

// Without kernel TLS SSL_sendfile() fails (SSL_R_UNINITIALIZED). sendfile(2) itself must never be
// used: on a socket without kernel TLS it sends plain text.
Outcome TlsEnd::send_partly_by_sendfile(Bytes payload) {
  // The first part has a record of each size, also of a short payload.
  const auto sizes = ramp(payload.size());
  const std::size_t first =
      std::max(payload.size() / 2, std::reduce(sizes.begin(), sizes.end(), std::size_t{0}));
  TRY(send(payload.first(first)));
  if (!ktls_send()) return send(payload.subspan(first));
  const auto file = TRY(file_in_memory(payload));
  return send_file(file.get(), first, payload.size() - first);
}

// Compared while it arrives, so that the report can name the first wrong byte.
Outcome TlsEnd::receive(Bytes expected) {
  std::array<std::uint8_t, kLargestRecord> buffer;
  while (!expected.empty()) {
    TRY(ready());
    const std::size_t wanted = std::min(buffer.size(), expected.size());
    const int size = SSL_read(connection_.get(), buffer.data(), static_cast<int>(wanted));
    TRY(answer(size, "receive"));
    const auto arrived = Bytes(buffer).first(static_cast<std::size_t>(size));
    const auto differs = std::ranges::mismatch(arrived, expected).in1;
    received_ += static_cast<std::uint64_t>(differs - arrived.begin());
    if (differs != arrived.end()) {
      return fail(Fault::Io, fmt::format("byte {} is not what was sent", received_));
    }
    expected = expected.subspan(arrived.size());
  }
  return {};
}

// SSL_key_update() only prepares the message; SSL_do_handshake() sends it (SSL_key_update(3)).
Outcome TlsEnd::update_key(bool requested) {
  TRY(ready());
  const int type = requested ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
  TRY(answer(SSL_key_update(connection_.get(), type), "prepare a KeyUpdate"));
  return answer(SSL_do_handshake(connection_.get()), "send a KeyUpdate");
}

// SSL_shutdown() returns 0 when its own close_notify was sent and the peer's has not arrived yet.
// The second call waits for that one (SSL_shutdown(3)).
Outcome TlsEnd::close_first() {
  TRY(ready());
  const int sent = SSL_shutdown(connection_.get());
  if (sent < 0) return answer(sent, "send close_notify");
  if (sent == 1) return {};
  return answer(SSL_shutdown(connection_.get()), "wait for close_notify");
}

Outcome TlsEnd::close_second() {
  TRY(ready());
  std::uint8_t byte = 0;
  const int size = SSL_read(connection_.get(), &byte, 1);
  if (size > 0) return fail(Fault::Io, "more bytes arrived than were sent");
  if (SSL_get_error(connection_.get(), size) != SSL_ERROR_ZERO_RETURN) {
    return answer(size, "wait for close_notify");
  }
  return answer(SSL_shutdown(connection_.get()), "send close_notify");
}

// What libssl believes, not what the kernel does: one source among four.
bool TlsEnd::ktls_send() const {
  return BIO_get_ktls_send(SSL_get_wbio(connection_.get()));
}

bool TlsEnd::ktls_recv() const {
  return BIO_get_ktls_recv(SSL_get_rbio(connection_.get()));
}

std::string TlsEnd::suite() const {
  const char* name = SSL_get_cipher_name(connection_.get());
  return name == nullptr || std::string_view(name) == "(NONE)" ? "" : name;
}

const X509* TlsEnd::peer_certificate() const {
  return SSL_get0_peer_certificate(connection_.get());
}

}  // namespace tuner
