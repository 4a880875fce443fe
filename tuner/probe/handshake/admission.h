// A stranger at the listener's door, from the first frame to being let in or sent away. Pure: a
// frame in, what to answer out.
#pragma once

#include "probe/handshake/frame.h"
#include "probe/handshake/proof.h"

#include <string>

namespace tuner {

// Whom the listener lets in at the moment.
struct Door {
  std::string token;
  bool takes_caller = true;  // false: somebody is being served
  std::string ticket;        // stamped(), of the one connection that is due; empty: none is
};

class Admission {
 public:
  // The nonce is ours and fresh: what another connection proved is worth nothing on this one.
  explicit Admission(std::string nonce) : nonces_{.caller = {}, .listener = std::move(nonce)} {}

  struct Step {
    enum class Now { Waits, IsCaller, HasTicket, SentAway };
    Now now = Now::SentAway;
    std::string reply = {};  // to be sent, whole; may be empty
    std::string why = {};    // of SentAway
  };
  Step answer(const Frame& frame, const Door& door);

  // It has said a hello of our protocol; not yet that it knows the token.
  bool greeted() const { return !nonces_.caller.empty(); }

  // Once it is the caller.
  const Nonces& nonces() const { return nonces_; }

 private:
  Step greet(const Frame& hello, const Door& door);
  Step examine(const Frame& proof, const Door& door);

  Nonces nonces_;
};

}  // namespace tuner
