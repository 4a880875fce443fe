// The listener's door: accepts connections, hears each stranger for a short time and at the price
// of a few bytes, and lets in the one that is meant. However many come, hang or talk nonsense,
// those who know the token get in: who has been silent longest makes room for the next, then who
// has been heard longest.
#pragma once

#include "probe/handshake/admission.h"
#include "probe/handshake/tcp.h"

#include <deque>
#include <string>

namespace tuner {

class Acceptor {
 public:
  Acceptor(UniqueFd listening, std::string token)
      : listening_(std::move(listening)), door_{.token = std::move(token)} {}

  struct Caller {
    UniqueFd socket;
    Nonces nonces;
  };
  // TimedOut: no peer that knows the token came; the text says who came instead.
  Result<Caller> wait_for_caller(Deadline deadline);
  // What was let in was not the caller: the door is open again.
  void not_the_caller(std::string why);

  // The connection that brings this ticket, stamped(). Refused: something came on the caller's
  // control connection instead, or it ended.
  Result<UniqueFd> wait_for_ticket(const std::string& ticket, int control, Deadline deadline);

 private:
  struct PendingPeer {
    UniqueFd socket;
    FrameReader reader;
    Admission admission;
    Deadline until;
    Admission::Step::Now stands = Admission::Step::Now::Waits;
  };

  // Waits for whatever comes first and deals with it. True: something came on `control`.
  Result<bool> round(int control, Deadline deadline);
  Outcome let_in_all();
  void hear(PendingPeer& peer);
  void send_away(PendingPeer& peer, std::string why);
  void make_room();
  void forget_the_sent_away();
  // Takes the one who stands so out of the row.
  std::optional<PendingPeer> take(Admission::Step::Now stands);
  std::string who_came() const;

  UniqueFd listening_;
  Door door_;
  std::deque<PendingPeer> pending_;  // who came first is first
  std::uint64_t sent_away_ = 0;
  std::string last_why_;
};

}  // namespace tuner
