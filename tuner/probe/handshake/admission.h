// Authenticates one pending peer, from its first frame until it is accepted or rejected. Pure:
// takes a frame, returns the reply.
#pragma once

#include "probe/handshake/connection/frame.h"
#include "probe/handshake/proof.h"

#include <string>

namespace tuner {

// What the listener accepts at the moment.
struct AdmissionPolicy {
  std::string token;
  bool accepts_caller = true;  // false: a caller is being served
  std::string ticket;          // stamped() ticket of the one expected connection; empty: none
};

class Admission {
 public:
  // The listener's nonce, new for each connection: a proof recorded on another one is not valid.
  explicit Admission(std::string nonce) : nonces_{.caller = {}, .listener = std::move(nonce)} {}

  struct Step {
    enum class Now { Waits, Authenticated, HasTicket, Rejected };
    Now now = Now::Rejected;
    std::string reply = {};  // a whole frame to send; may be empty
    std::string why = {};    // the reason of Rejected
  };
  Step answer(const Frame& frame, const AdmissionPolicy& door);

  // The peer has sent a valid hello. It has not proved yet that it knows the token.
  bool greeted() const { return !nonces_.caller.empty(); }

  // Complete once the peer is the caller.
  const Nonces& nonces() const { return nonces_; }

 private:
  Step greet(const Frame& hello, const AdmissionPolicy& door);
  Step examine(const Frame& proof, const AdmissionPolicy& door);

  Nonces nonces_;
};

}  // namespace tuner
