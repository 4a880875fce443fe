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

using Clock = std::chrono::steady_clock;
using Now = Admission::Step::Now;

// Authentication takes two round trips.
constexpr std::chrono::seconds kAuthenticationLimit{5};
constexpr std::chrono::milliseconds kFinalWait{500};
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

void Acceptor::send_away(PendingPeer& peer, std::string why) {
  peer.stands = Now::SentAway;
  last_why_ = std::move(why);
  ++sent_away_;
}

// A flood consists mostly of silent connections, so peers that have sent a hello are kept longer.
void Acceptor::make_room() {
  const auto silent =
      std::ranges::find_if(pending_, [](const PendingPeer& v) { return !v.admission.greeted(); });
  const auto oldest = silent != pending_.end() ? silent : pending_.begin();
  send_away(*oldest, "too many connections at once");
  pending_.erase(oldest);
}

void Acceptor::forget_the_sent_away() {
  std::erase_if(pending_, [](const PendingPeer& v) { return v.stands == Now::SentAway; });
}

Outcome Acceptor::let_in_all() {
  for (int i = 0; i < kMostAccepted; ++i) {
    UniqueFd socket(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket && (errno == EMFILE || errno == ENFILE) && !pending_.empty()) {
      make_room();
      continue;
    }
    // No more connections, one that was closed meanwhile, or a network error that accept(2) says to
    // treat like EAGAIN.
    if (!socket) return {};
    auto nonce = random_bytes(kNonceSize);
    if (!nonce) return fail(nonce.error());
    if (pending_.size() == kMostPending) make_room();
    pending_.push_back({.socket = std::move(socket),
                        .reader = FrameReader(kLongestFromStranger),
                        .admission = Admission(std::move(*nonce)),
                        .until = Clock::now() + kAuthenticationLimit});
  }
  return {};
}

void Acceptor::hear(PendingPeer& peer) {
  std::array<char, kLongestFromStranger + 8> buffer;
  const std::size_t wanted = std::min(buffer.size(), peer.reader.wanted());
  const ssize_t size = ::recv(peer.socket.get(), buffer.data(), wanted, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return send_away(peer, "it closed the connection");
  const auto frame =
      peer.reader.take(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
  if (!frame) return send_away(peer, frame.error().text);
  if (!*frame) return;
  auto step = peer.admission.answer(**frame, door_);
  const bool replied = send_reply(peer.socket.get(), step.reply);
  peer.stands = step.now;
  if (step.now == Now::SentAway) return send_away(peer, std::move(step.why));
  if (!replied) send_away(peer, "it closed the connection");
}

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
  if (answer > 0 && fds[1].revents != 0) return true;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    PendingPeer& peer = pending_[i];
    if (answer > 0 && fds[i + 2].revents != 0) hear(peer);
    if (peer.stands != Now::SentAway && Clock::now() >= peer.until) {
      send_away(peer, "no handshake within 5 s");
    }
  }
  forget_the_sent_away();
  if (answer > 0 && fds[0].revents != 0) {
    if (auto done = let_in_all(); !done) return fail(done.error());
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

std::string Acceptor::who_came() const {
  if (sent_away_ == 0 && pending_.empty()) return "no connections";
  if (sent_away_ == 0) return fmt::format("{} connected without a handshake", pending_.size());
  return fmt::format("{} connected and none authenticated; the last was rejected: {}",
                     sent_away_ + pending_.size(), last_why_);
}

Result<Acceptor::Caller> Acceptor::wait_for_caller(Deadline deadline) {
  while (Clock::now() < deadline) {
    if (const auto done = round(-1, deadline); !done) return fail(done.error());
    auto peer = take(Now::IsCaller);
    if (!peer) continue;
    door_.takes_caller = false;
    return Caller{.socket = std::move(peer->socket), .nonces = peer->admission.nonces()};
  }
  return fail(
      Fault::TimedOut, fmt::format("no peer within the time limit: {}", who_came()),
      "on the other host run: ktls-tuner probe --connect ADDRESS:PORT, with the same token; "
      "--timeout extends the wait of this end");
}

void Acceptor::not_the_caller(std::string why) {
  door_.takes_caller = true;
  last_why_ = std::move(why);
  ++sent_away_;
}

Result<UniqueFd> Acceptor::wait_for_ticket(const std::string& ticket, int control,
                                           Deadline deadline) {
  door_.ticket = ticket;
  bool control_used = false;
  while (Clock::now() < deadline) {
    const auto control_came = round(control_used ? -1 : control, deadline);
    if (!control_came) return fail(control_came.error());
    // The connection may already be pending.
    if (*control_came) deadline = std::min(deadline, Clock::now() + kFinalWait);
    control_used = control_used || *control_came;
    auto peer = take(Now::HasTicket);
    if (!peer) continue;
    door_.ticket.clear();
    return std::move(peer->socket);
  }
  door_.ticket.clear();
  if (control_used) {
    return fail(Fault::Refused, "the other end did not make the connection that it asked for");
  }
  return fail(Fault::TimedOut, "the expected connection did not arrive within the time limit");
}

}  // namespace tuner
