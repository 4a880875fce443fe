#include "probe/handshake/channel.h"

#include "probe/handshake/refusal.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kSameToken =
    "give both ends the same token: --token-file FILE or KTLS_TUNER_TOKEN";
constexpr std::string_view kSameVersion = "use the same ktls-tuner at both ends";
constexpr std::string_view kNoRelay =
    "connect to the listener directly: TCP forwarding is allowed, a proxy that terminates TLS is "
    "not";

// An unknown word is text of the other end and is not shown.
// A refusal before authentication may come from anything that listens on that port.
Error refused_by(std::string_view word) {
  const auto refusal = refusal_from(word);
  if (!refusal) {
    return {.fault = Fault::Invalid,
            .text = "the listener refused the connection with an unknown reason",
            .hint = std::string(kSameVersion)};
  }
  const std::string_view hint = *refusal == Refusal::OtherToken     ? kSameToken
                                : *refusal == Refusal::OtherVersion ? kSameVersion
                                : *refusal == Refusal::Relay        ? kNoRelay
                                                                    : std::string_view();
  return {.fault = Fault::Refused,
          .text = fmt::format("the listener refused the connection: {}", row_of(*refusal).sentence),
          .hint = std::string(hint)};
}

Result<std::string> expected(Result<Frame> frame, FrameKind kind) {
  if (!frame) return fail(frame.error());
  if (frame->kind == FrameKind::Refused) return fail(refused_by(frame->payload));
  if (frame->kind != kind) return fail(Fault::Invalid, "unexpected frame");
  return std::move(frame->payload);
}

tl::unexpected<Error> relayed() {
  return fail(Fault::Refused, std::string(row_of(Refusal::Relay).sentence), std::string(kNoRelay));
}

}  // namespace

Outcome Channel::send(std::string_view message, Deadline deadline) {
  return stream_.send(encode_frame({FrameKind::Message, std::string(message)}), deadline);
}

Result<std::string> Channel::receive(Deadline deadline) {
  auto frame = TRY(stream_.receive(kLongestMessage, deadline));
  if (frame.kind != FrameKind::Message) return fail(Fault::Invalid, "unexpected frame");
  return std::move(frame.payload);
}

// Two nonces: without the caller's a listener could replay an old welcome, without the listener's a
// caller could replay an old proof.
Result<Nonces> authenticate_caller(int socket, std::string_view token, Deadline deadline) {
  const auto nonce = TRY(random_bytes(kNonceSize));
  const auto hello = encode_frame({FrameKind::Hello, encode_hello(nonce)});
  TRY(send_all(socket, hello, deadline));
  const auto challenge =
      TRY(expected(receive_frame(socket, kLongestUnauthenticated, deadline), FrameKind::Challenge));
  if (challenge.size() != kNonceSize)
    return fail(Fault::Invalid, "the challenge has the wrong length");
  Nonces nonces{.caller = nonce, .listener = challenge};
  const auto proof = encode_frame({FrameKind::Proof, caller_proof(token, nonces)});
  TRY(send_all(socket, proof, deadline));
  const auto welcome =
      TRY(expected(receive_frame(socket, kLongestUnauthenticated, deadline), FrameKind::Welcome));
  if (same_bytes(welcome, listener_proof(token, nonces))) return nonces;
  return fail(Fault::Refused, "the listener does not know the token", std::string(kSameToken));
}

// The TLS certificate proves nothing, so the exporter of the session does: a relay has another
// session with each end, and another exporter (RFC 8446, 7.5).
Result<ControlConnection> bind_caller(UniqueFd socket, const Nonces& nonces, std::string_view token,
                                      Deadline deadline) {
  auto stream = TRY(SecureStream::connect(std::move(socket), deadline));
  const auto binding = TRY(stream.binding());
  const auto ours = encode_frame({FrameKind::Bound, caller_bound(token, nonces, binding)});
  TRY(stream.send(ours, deadline));
  const auto theirs =
      TRY(expected(stream.receive(kLongestUnauthenticated, deadline), FrameKind::Bound));
  if (!same_bytes(theirs, listener_bound(token, nonces, binding))) return relayed();
  return ControlConnection{.channel = Channel(std::move(stream)),
                           .ticket_key = ticket_key(token, nonces, binding)};
}

// The refusal is sent inside the session with the relay, because there is no other path to the
// caller.
Result<ControlConnection> bind_listener(UniqueFd socket, const Nonces& nonces,
                                        std::string_view token, const Identity& identity,
                                        Deadline deadline) {
  auto stream = TRY(SecureStream::accept(std::move(socket), identity, deadline));
  const auto binding = TRY(stream.binding());
  const auto theirs = TRY(stream.receive(kLongestUnauthenticated, deadline));
  if (theirs.kind != FrameKind::Bound) return fail(Fault::Invalid, "unexpected frame");
  const bool same = same_bytes(theirs.payload, caller_bound(token, nonces, binding));
  const Frame answer = same ? Frame{FrameKind::Bound, listener_bound(token, nonces, binding)}
                            : Frame{FrameKind::Refused, std::string(row_of(Refusal::Relay).word)};
  TRY(stream.send(encode_frame(answer), deadline));
  if (!same) return relayed();
  return ControlConnection{.channel = Channel(std::move(stream)),
                           .ticket_key = ticket_key(token, nonces, binding)};
}

}  // namespace tuner
