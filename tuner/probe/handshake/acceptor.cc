#include "probe/handshake/acceptor.h"

#include <fmt/format.h>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Now = Admission::Step::Now;

// Authentication takes two round trips.
constexpr std::chrono::seconds kAuthenticationLimit{5};
constexpr std::chrono::milliseconds kFinalWait{500};
// The room for peers that have not proved anything. One peer costs a descriptor and at most 128
// bytes, so a flood costs the helper no more than this table.
constexpr std::size_t kMostPending = 256;
// Accepted connections per round: pending peers are served in between.
constexpr int kMostAccepted = 16;

// Replies are shorter than any socket's send buffer. If one does not fit, the peer does not read.
bool send_reply(int fd, std::string_view reply) {
  if (reply.empty()) return true;
  const ssize_t sent = ::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent == static_cast<ssize_t>(reply.size());
}

}  // namespace

// Erased later: round() goes through pending_ by index meanwhile.
void Acceptor::reject_peer(PendingPeer& peer, std::string why) {
  peer.stands = Now::Rejected;
  last_reason_ = std::move(why);
  ++rejected_;
}

// A flood consists mostly of silent connections, so peers that have sent a hello are kept longer.
// The oldest silent peer is the first one in the table, since peers are added at its end.
void Acceptor::make_room() {
  const auto silent =
      std::ranges::find_if(pending_, [](const PendingPeer& v) { return !v.admission.greeted(); });
  const auto oldest = silent != pending_.end() ? silent : pending_.begin();
  reject_peer(*oldest, "too many connections at once");
  pending_.erase(oldest);
}

void Acceptor::erase_rejected() {
  std::erase_if(pending_, [](const PendingPeer& v) { return v.stands == Now::Rejected; });
}

// An error of one connection must not end the listener: a scanner could otherwise stop each probe.
Outcome Acceptor::accept_pending() {
  for (int i = 0; i < kMostAccepted; ++i) {
    UniqueFd socket(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    // poll() would report the waiting connection again at once, and the loop would only use CPU
    // time.
    if (!socket && (errno == EMFILE || errno == ENFILE) && !pending_.empty()) {
      make_room();
      continue;
    }
    // No more connections, one that was closed meanwhile, or a network error that accept(2) says to
    // treat like EAGAIN.
    if (!socket) return {};
    auto nonce = TRY(random_bytes(kNonceSize));
    if (pending_.size() == kMostPending) make_room();
    pending_.push_back({.socket = std::move(socket),
                        .reader = FrameReader(kLongestUnauthenticated),
                        .admission = Admission(std::move(nonce)),
                        .until = SteadyClock::now() + kAuthenticationLimit});
  }
  return {};
}

// One read of at most one frame: a peer that sends much gets its turn once in each round, like the
// others.
void Acceptor::hear(PendingPeer& peer) {
  std::array<char, kLongestUnauthenticated + 8> buffer;
  const std::size_t wanted = std::min(buffer.size(), peer.reader.wanted());
  const ssize_t size = ::recv(peer.socket.get(), buffer.data(), wanted, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return reject_peer(peer, "it closed the connection");
  const auto frame =
      peer.reader.take(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
  if (!frame) return reject_peer(peer, frame.error().text);
  if (!*frame) return;
  auto step = peer.admission.answer(**frame, policy_);
  const bool replied = send_reply(peer.socket.get(), step.reply);
  peer.stands = step.now;
  if (step.now == Now::Rejected) return reject_peer(peer, std::move(step.why));
  if (!replied) reject_peer(peer, "it closed the connection");
}

// Rejected peers stay in the table until all have been served, because fds has the same order.
Result<bool> Acceptor::round(int control, Deadline deadline) {
  std::vector<pollfd> fds{{.fd = listening_.get(), .events = POLLIN, .revents = 0},
                          {.fd = control, .events = POLLIN | POLLRDHUP, .revents = 0}};
  Deadline soonest = deadline;
  for (const PendingPeer& peer : pending_) {
    fds.push_back({.fd = peer.socket.get(), .events = POLLIN, .revents = 0});
    soonest = std::min(soonest, peer.until);
  }
  const int answer = ::poll(fds.data(), fds.size(), milliseconds_until(soonest));
  if (answer < 0 && errno != EINTR) return fail(errno_error(errno, "wait for connections"));
  // With POLLRDHUP this also reports that the caller is gone, so a cell does not wait for its
  // ticket.
  if (answer > 0 && fds[1].revents != 0) return true;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    PendingPeer& peer = pending_[i];
    if (answer > 0 && fds[i + 2].revents != 0) hear(peer);
    if (peer.stands != Now::Rejected && SteadyClock::now() >= peer.until) {
      reject_peer(peer, "no handshake within 5 s");
    }
  }
  erase_rejected();
  if (answer > 0 && fds[0].revents != 0) {
    TRY(accept_pending());
  }
  return false;
}

std::optional<Acceptor::PendingPeer> Acceptor::take(Now stands) {
  const auto found = std::ranges::find(pending_, stands, &PendingPeer::stands);
  if (found == pending_.end()) return std::nullopt;
  PendingPeer peer = std::move(*found);
  pending_.erase(found);
  return peer;
}

std::string Acceptor::peer_summary() const {
  if (rejected_ == 0 && pending_.empty()) return "no connections";
  if (rejected_ == 0) return fmt::format("{} connected without a handshake", pending_.size());
  return fmt::format("{} connected and none authenticated; the last was rejected: {}",
                     rejected_ + pending_.size(), last_reason_);
}

// One caller at a time. Others are told that the listener is busy, and do not wait for their limit.
Result<Acceptor::Caller> Acceptor::wait_for_caller(Deadline deadline) {
  while (SteadyClock::now() < deadline) {
    TRY(round(-1, deadline));
    auto peer = take(Now::Authenticated);
    if (!peer) continue;
    policy_.accepts_caller = false;
    return Caller{.socket = std::move(peer->socket), .nonces = peer->admission.nonces()};
  }
  return fail(Fault::TimedOut, fmt::format("no peer within the time limit: {}", peer_summary()),
              fmt::format("on the other host run: ktls-tuner {} --connect ADDRESS:PORT, with the "
                          "same token; --timeout extends the wait of this end",
                          verb_));
}

void Acceptor::resume_waiting(std::string why) {
  policy_.accepts_caller = true;
  last_reason_ = std::move(why);
  ++rejected_;
}

// The ticket was sent inside TLS, so the connection that has it is the caller's, from whatever
// address: address translation may give each connection another one.
Result<UniqueFd> Acceptor::wait_for_ticket(const std::string& ticket, int control,
                                           Deadline deadline) {
  policy_.ticket = ticket;
  bool control_used = false;
  while (SteadyClock::now() < deadline) {
    // poll() passes over a negative descriptor (poll(2)); one that stays readable would end each
    // wait.
    const auto control_came = TRY(round(control_used ? -1 : control, deadline));
    // The connection may already be pending.
    if (control_came) deadline = std::min(deadline, SteadyClock::now() + kFinalWait);
    control_used = control_used || control_came;
    auto peer = take(Now::HasTicket);
    if (!peer) continue;
    policy_.ticket.clear();
    return std::move(peer->socket);
  }
  policy_.ticket.clear();
  if (control_used) {
    return fail(Fault::Refused, "the other end did not make the connection that it asked for");
  }
  return fail(Fault::TimedOut, "the expected connection did not arrive within the time limit");
}

}  // namespace tuner
