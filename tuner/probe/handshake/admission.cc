#include "probe/handshake/admission.h"

#include "probe/handshake/refusal.h"

namespace tuner {
namespace {

using Step = Admission::Step;

// Only peers that speak the protocol get a reply with the reason.
Step refuse(Refusal refusal) {
  const RefusalRow& row = row_of(refusal);
  return {.now = Step::Now::Rejected,
          .reply = encode_frame({FrameKind::Refused, std::string(row.word)}),
          .why = std::string(row.sentence)};
}

}  // namespace

// The version is compared before any proof: otherwise two releases would report a wrong token to
// each other.
Step Admission::greet(const Frame& hello, const AdmissionPolicy& door) {
  auto nonce = decode_hello(hello.payload);
  if (!nonce && nonce.error().fault == Fault::Unsupported) return refuse(Refusal::OtherVersion);
  if (!nonce) return {.why = nonce.error().text};
  if (!door.accepts_caller) return refuse(Refusal::Busy);
  nonces_.caller = std::move(*nonce);
  return {.now = Step::Now::Waits, .reply = encode_frame({FrameKind::Challenge, nonces_.listener})};
}

// The caller proves first. A scanner that connects learns nothing that depends on the token.
Step Admission::examine(const Frame& proof, const AdmissionPolicy& door) {
  if (!same_bytes(proof.payload, caller_proof(door.token, nonces_))) {
    return refuse(Refusal::OtherToken);
  }
  return {.now = Step::Now::Authenticated,
          .reply = encode_frame({FrameKind::Welcome, listener_proof(door.token, nonces_)})};
}

Step Admission::answer(const Frame& frame, const AdmissionPolicy& door) {
  if (frame.kind == FrameKind::Hello && !greeted()) return greet(frame, door);
  if (frame.kind == FrameKind::Proof && greeted() && door.accepts_caller)
    return examine(frame, door);
  if (frame.kind == FrameKind::Ticket && !greeted()) {
    if (same_bytes(frame.payload, door.ticket)) return {.now = Step::Now::HasTicket};
    return {.why = "it has no valid ticket"};
  }
  return {.why = "unexpected frame"};
}

}  // namespace tuner
