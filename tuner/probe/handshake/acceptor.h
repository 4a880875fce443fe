// The listener of a probe across the wire. Accepts connections, gives each pending peer 5 s and 128
// bytes per frame to authenticate, and returns the one that is expected. Any number of silent or
// hostile peers does not keep the caller out: with no room left, the longest pending peer without a
// hello is rejected, or else the longest pending one.
#pragma once

#include "probe/handshake/admission.h"
#include "probe/handshake/connection/tcp.h"

#include <deque>
#include <string>
#include <string_view>

namespace tuner {

class Acceptor {
 public:
  // `verb` is what the other host runs, for the next step of an error.
  Acceptor(UniqueFd listening, std::string token, std::string_view verb = "probe")
      : listening_(std::move(listening)), policy_{.token = std::move(token)}, verb_(verb) {}

  struct Caller {
    UniqueFd socket;
    Nonces nonces;
  };
  // The first peer that proves that it knows the token. TimedOut: there was none; the text counts
  // the other peers and says why the last one was rejected.
  Result<Caller> wait_for_caller(Deadline deadline);
  // The peer of wait_for_caller() failed afterwards, e.g. because it is a relay: accept a caller
  // again. `why` is for the text of TimedOut.
  void resume_waiting(std::string why);

  // The connection that presents this ticket (stamped()). Refused: the caller's control connection
  // had data or was closed, and the connection did not arrive within 500 ms of that. `control` may
  // be -1.
  Result<UniqueFd> wait_for_ticket(const std::string& ticket, int control, Deadline deadline);

 private:
  struct PendingPeer {
    UniqueFd socket;
    FrameReader reader;
    Admission admission;
    Deadline until;
    Admission::Step::Now stands = Admission::Step::Now::Waits;
  };

  // Waits for the next event and handles it. True: `control` has data or was closed.
  Result<bool> round(int control, Deadline deadline);
  Outcome accept_pending();
  void hear(PendingPeer& peer);
  void reject_peer(PendingPeer& peer, std::string why);
  void make_room();
  void erase_rejected();
  // Removes and returns the first pending peer in this state.
  std::optional<PendingPeer> take(Admission::Step::Now stands);
  std::string peer_summary() const;

  UniqueFd listening_;
  AdmissionPolicy policy_;
  std::string verb_;
  std::deque<PendingPeer> pending_;  // the oldest first
  std::uint64_t rejected_ = 0;
  std::string last_reason_;
};

}  // namespace tuner
