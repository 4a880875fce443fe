#include "probe/handshake/channel.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kSameToken =
    "give both ends the same token: --token-file FILE or KTLS_TUNER_TOKEN";

Result<std::string> expect(int fd, FrameKind kind, Deadline deadline) {
  auto frame = receive_frame(fd, kLongestFromStranger, deadline);
  if (!frame) return fail(frame.error());
  if (frame->kind == FrameKind::Refused) {
    return fail(Fault::Refused,
                fmt::format("the listener refused us: {}", harmless(frame->payload)),
                std::string(kSameToken));
  }
  if (frame->kind != kind) return fail(Fault::Invalid, "a frame came out of turn");
  return std::move(frame->payload);
}

}  // namespace

Outcome Channel::send(std::string_view message, Deadline deadline) {
  const std::string payload = message_digest(send_key_, sent_++, message) + std::string(message);
  return send_all(socket_.get(), encode_frame({FrameKind::Message, payload}), deadline);
}

Result<std::string> Channel::receive(Deadline deadline) {
  const auto frame = receive_frame(socket_.get(), kLongestMessage, deadline);
  if (!frame) return fail(frame.error());
  const std::string_view payload = frame->payload;
  if (frame->kind != FrameKind::Message || payload.size() < kDigestSize) {
    return fail(Fault::Invalid, "a frame came out of turn");
  }
  const std::string_view message = payload.substr(kDigestSize);
  if (!same_bytes(payload.substr(0, kDigestSize),
                  message_digest(receive_key_, received_++, message))) {
    return fail(Fault::Refused, "a message is not as the other end sent it");
  }
  return std::string(message);
}

Result<Introduced> introduce(UniqueFd socket, std::string_view token, Deadline deadline) {
  const auto nonce = random_bytes(kNonceSize);
  if (!nonce) return fail(nonce.error());
  const int fd = socket.get();
  const auto hello = encode_frame({FrameKind::Hello, encode_hello(*nonce)});
  if (auto sent = send_all(fd, hello, deadline); !sent) return fail(sent.error());
  const auto challenge = expect(fd, FrameKind::Challenge, deadline);
  if (!challenge) return fail(challenge.error());
  if (challenge->size() != kNonceSize) return fail(Fault::Invalid, "a challenge of another length");
  const Nonces nonces{.caller = *nonce, .listener = *challenge};
  const auto proof = encode_frame({FrameKind::Proof, caller_proof(token, nonces)});
  if (auto sent = send_all(fd, proof, deadline); !sent) return fail(sent.error());
  const auto welcome = expect(fd, FrameKind::Welcome, deadline);
  if (!welcome) return fail(welcome.error());
  if (!same_bytes(*welcome, listener_proof(token, nonces))) {
    return fail(Fault::Refused, "the listener does not know the token", std::string(kSameToken));
  }
  const SessionKeys keys = session_keys(token, nonces);
  return Introduced{.channel = Channel::of_caller(std::move(socket), keys),
                    .ticket_key = keys.tickets};
}

}  // namespace tuner
