#include "probe/handshake/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using Now = Admission::Step::Now;

constexpr std::string_view kToken = "0123456789abcdef";

std::string nonce(char c) {
  return std::string(kNonceSize, c);
}

Frame hello() {
  return {FrameKind::Hello, encode_hello(nonce('c'))};
}

Frame proof(std::string_view token, const Nonces& nonces) {
  return {FrameKind::Proof, caller_proof(token, nonces)};
}

AdmissionPolicy door() {
  return {.token = std::string(kToken)};
}

Frame only_frame(const std::string& bytes) {
  FrameReader reader(kLongestUnauthenticated);
  static_cast<void>(reader.take(std::string_view(bytes).substr(0, 5)));
  const auto frame = reader.take(std::string_view(bytes).substr(5));
  return frame && *frame ? **frame : Frame{};
}

TEST(Admission, TheRightProofIsAnsweredWithOurs) {
  Admission admission(nonce('l'));
  const auto first = admission.answer(hello(), door());
  EXPECT_EQ(first.now, Now::Waits);
  EXPECT_EQ(only_frame(first.reply), (Frame{FrameKind::Challenge, nonce('l')}));
  const Nonces nonces{nonce('c'), nonce('l')};
  const auto second = admission.answer(proof(kToken, nonces), door());
  EXPECT_EQ(second.now, Now::Authenticated);
  EXPECT_EQ(only_frame(second.reply), (Frame{FrameKind::Welcome, listener_proof(kToken, nonces)}));
}

TEST(Admission, AnotherTokenIsRefusedWithItsWord) {
  Admission admission(nonce('l'));
  static_cast<void>(admission.answer(hello(), door()));
  const auto step = admission.answer(proof("0123456789abcdeF", {nonce('c'), nonce('l')}), door());
  EXPECT_EQ(step.now, Now::Rejected);
  EXPECT_EQ(only_frame(step.reply), (Frame{FrameKind::Refused, "token"}));
}

// Each connection has another nonce of the listener, so a recorded proof is not valid.
TEST(Admission, ARecordedProofIsRejected) {
  Admission admission(nonce('m'));
  static_cast<void>(admission.answer(hello(), door()));
  const auto step = admission.answer(proof(kToken, {nonce('c'), nonce('l')}), door());
  EXPECT_EQ(step.now, Now::Rejected);
}

// The listener's own proof, sent back to it.
TEST(Admission, AReflectedProofIsRejected) {
  Admission admission(nonce('l'));
  static_cast<void>(admission.answer(hello(), door()));
  const Nonces nonces{nonce('c'), nonce('l')};
  const Frame reflected{FrameKind::Proof, listener_proof(kToken, nonces)};
  EXPECT_EQ(admission.answer(reflected, door()).now, Now::Rejected);
}

TEST(Admission, AnotherVersionIsRefusedWithItsWord) {
  Frame other = hello();
  other.payload[17] = 9;
  const auto step = Admission(nonce('l')).answer(other, door());
  EXPECT_EQ(step.now, Now::Rejected);
  EXPECT_EQ(only_frame(step.reply), (Frame{FrameKind::Refused, "version"}));
  EXPECT_EQ(step.why, "the versions of the probe's protocol differ");
}

TEST(Admission, ASecondCallerIsRefusedAsBusy) {
  AdmissionPolicy busy = door();
  busy.accepts_caller = false;
  const auto step = Admission(nonce('l')).answer(hello(), busy);
  EXPECT_EQ(step.now, Now::Rejected);
  EXPECT_EQ(only_frame(step.reply), (Frame{FrameKind::Refused, "busy"}));
  EXPECT_EQ(step.why, "another probe is being served");
}

TEST(Admission, OnlyTheExpectedTicketIsAccepted) {
  AdmissionPolicy due = door();
  due.accepts_caller = false;
  due.ticket = stamped("key", "0123456789abcdef");
  const Frame right{FrameKind::Ticket, due.ticket};
  EXPECT_EQ(Admission(nonce('l')).answer(right, due).now, Now::HasTicket);
  const Frame other_key{FrameKind::Ticket, stamped("kez", "0123456789abcdef")};
  const Frame other_ticket{FrameKind::Ticket, stamped("key", "0123456789abcdeX")};
  const Frame cut{FrameKind::Ticket, due.ticket.substr(1)};
  for (const Frame& wrong : {other_key, other_ticket, cut, Frame{FrameKind::Ticket, ""}}) {
    const auto step = Admission(nonce('l')).answer(wrong, due);
    EXPECT_EQ(step.now, Now::Rejected);
    EXPECT_EQ(step.why, "it has no valid ticket");
  }
  // No ticket is expected: neither a used one nor an empty one is accepted.
  for (const Frame& late : {right, Frame{FrameKind::Ticket, ""}}) {
    EXPECT_EQ(Admission(nonce('l')).answer(late, door()).now, Now::Rejected);
  }
}

TEST(Admission, UnexpectedFramesAreRejected) {
  const Nonces nonces{nonce('c'), nonce('l')};
  EXPECT_EQ(Admission(nonce('l')).answer(proof(kToken, nonces), door()).why, "unexpected frame");
  Admission twice(nonce('l'));
  static_cast<void>(twice.answer(hello(), door()));
  EXPECT_EQ(twice.answer(hello(), door()).now, Now::Rejected);
  for (const FrameKind kind : {FrameKind::Challenge, FrameKind::Welcome, FrameKind::Message,
                               FrameKind::Bound, FrameKind::Refused}) {
    EXPECT_EQ(Admission(nonce('l')).answer({kind, "x"}, door()).now, Now::Rejected);
  }
}

}  // namespace
}  // namespace tuner
