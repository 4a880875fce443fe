#include "bench/load/message_end.h"

#include <cerrno>

namespace tuner {

Result<MessageEnd> MessageEnd::make(SSL_CTX* context, int socket, bool ask_ktls) {
  auto marked = std::make_unique<MarkedSocket>(socket);
  const bool plain = context == nullptr;
  if (plain) return MessageEnd(LoadEnd::plain(socket), std::move(marked), plain);
  auto end = TRY(ask_ktls ? LoadEnd::tls(context, socket, /*ask_ktls=*/true)
                          : LoadEnd::tls_over(context, marked_bio(*marked), socket));
  return MessageEnd(std::move(end), std::move(marked), plain);
}

Result<std::size_t> MessageEnd::receive(std::span<std::uint8_t> into) {
  if (!plain_) return end_.receive(into);
  const ssize_t size = marked_->receive(into);
  if (size < 0 && errno == EAGAIN) return no_progress("receive");
  if (size < 0) return fail(errno_error(errno, "receive"));
  if (size == 0) return fail(Fault::Io, "receive: the peer ended the connection");
  return static_cast<std::size_t>(size);
}

}  // namespace tuner
