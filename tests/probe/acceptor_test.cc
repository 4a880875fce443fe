#include "probe/handshake/acceptor.h"

#include "probe/handshake/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <future>
#include <thread>
#include <vector>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr std::string_view kToken = "0123456789abcdef";

Deadline in(int ms) {
  return std::chrono::steady_clock::now() + milliseconds(ms);
}

class AcceptorTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto socket = listen_on({.host = GetParam(), .port = 0});
    if (!socket) GTEST_SKIP() << socket.error().text;
    place_ = *local_place(socket->get());
    acceptor_.emplace(std::move(*socket), std::string(kToken));
  }

  UniqueFd peer() {
    auto socket = connect_to({place_}, in(10'000));
    EXPECT_TRUE(socket) << socket.error().text;
    return socket ? std::move(*socket) : UniqueFd();
  }

  UniqueFd peer_that_sends(std::string_view bytes) {
    UniqueFd socket = peer();
    EXPECT_TRUE(send_all(socket.get(), bytes, in(1000)));
    return socket;
  }

  // A caller with the right token, in a thread of its own.
  std::jthread caller_with_token() {
    return std::jthread([this] {
      auto socket = connect_to({place_}, in(5000));
      ASSERT_TRUE(socket);
      const auto met = authenticate_caller(socket->get(), kToken, in(5000));
      EXPECT_TRUE(met) << met.error().text;
    });
  }

  HostPort place_;
  std::optional<Acceptor> acceptor_;
};

TEST_P(AcceptorTest, ReturnsThePeerWithTheToken) {
  const std::jthread caller = caller_with_token();
  EXPECT_TRUE(acceptor_->wait_for_caller(in(5000)));
}

TEST_P(AcceptorTest, AcceptsACallerAgainAfterOneThatFailed) {
  const std::jthread relay = caller_with_token();
  ASSERT_TRUE(acceptor_->wait_for_caller(in(5000)));
  acceptor_->resume_waiting("it is a relay");
  EXPECT_THAT(
      acceptor_->wait_for_caller(in(20)).error().text,
      HasSubstr("1 connected and none authenticated; the last was rejected: it is a relay"));
  const std::jthread caller = caller_with_token();
  EXPECT_TRUE(acceptor_->wait_for_caller(in(5000)));
}

TEST_P(AcceptorTest, TheTimeoutTellsWhatPeersDid) {
  EXPECT_THAT(acceptor_->wait_for_caller(in(20)).error().text, HasSubstr("no connections"));
  const UniqueFd silent = peer();
  EXPECT_THAT(acceptor_->wait_for_caller(in(50)).error().text,
              HasSubstr("1 connected without a handshake"));
  const UniqueFd browser = peer_that_sends("GET / HTTP/1.1\r\n\r\n");
  const auto timeout = acceptor_->wait_for_caller(in(50));
  ASSERT_FALSE(timeout);
  EXPECT_EQ(timeout.error().fault, Fault::TimedOut);
  EXPECT_THAT(timeout.error().text,
              HasSubstr("2 connected and none authenticated; the last was rejected: "
                        "the received data is not the probe's protocol"));
  EXPECT_THAT(timeout.error().hint, HasSubstr("--connect"));
}

// Silent peers, half a hello, garbage, a hello without a proof, and peers that disconnect.
TEST_P(AcceptorTest, TheCallerGetsInAmongUnauthenticatedPeers) {
  std::vector<UniqueFd> kept;
  const std::string hello = encode_frame({FrameKind::Hello, encode_hello(std::string(32, 'n'))});
  for (int i = 0; i < 10; ++i) {
    kept.push_back(peer());
    kept.push_back(peer_that_sends(hello.substr(0, 20)));
    kept.push_back(peer_that_sends("\x16\x03\x01 nonsense"));
    kept.push_back(peer_that_sends(hello));
    static_cast<void>(peer_that_sends("bye"));
  }
  const std::jthread caller = caller_with_token();
  EXPECT_TRUE(acceptor_->wait_for_caller(in(5000)));
}

TEST_P(AcceptorTest, AFloodDoesNotKeepTheCallerOut) {
  std::vector<UniqueFd> flood;
  std::jthread waves([&](const std::stop_token& stop) {
    while (!stop.stop_requested() && flood.size() < 400) flood.push_back(peer());
  });
  std::this_thread::sleep_for(milliseconds(20));
  const std::jthread caller = caller_with_token();
  EXPECT_TRUE(acceptor_->wait_for_caller(in(10'000)));
  waves.request_stop();
}

// More silent peers than there is room for connect between the hello and the proof.
TEST_P(AcceptorTest, APeerWithAHelloIsKeptBeforeSilentPeers) {
  auto served =
      std::async(std::launch::async, [&] { return acceptor_->wait_for_caller(in(10'000)); });
  const Nonces hello{.caller = std::string(kNonceSize, 'n')};
  const UniqueFd slow =
      peer_that_sends(encode_frame({FrameKind::Hello, encode_hello(hello.caller)}));
  const auto challenge = receive_frame(slow.get(), kLongestUnauthenticated, in(5000));
  ASSERT_TRUE(challenge) << challenge.error().text;
  std::vector<UniqueFd> silent;
  while (silent.size() < 600) silent.push_back(peer());
  const Nonces nonces{.caller = hello.caller, .listener = challenge->payload};
  EXPECT_TRUE(send_all(slow.get(), encode_frame({FrameKind::Proof, caller_proof(kToken, nonces)}),
                       in(1000)));
  EXPECT_TRUE(served.get());
}

TEST_P(AcceptorTest, TheTicketArrivesAmongOtherPeersAndTlsMayFollowAtOnce) {
  const std::string ticket = stamped("key", "0123456789abcdef");
  const UniqueFd silent = peer();
  const UniqueFd guesser =
      peer_that_sends(encode_frame({FrameKind::Ticket, stamped("guess", "0123456789abcdef")}));
  const UniqueFd right =
      peer_that_sends(encode_frame({FrameKind::Ticket, ticket}) + "client hello");
  const auto socket = acceptor_->wait_for_ticket(ticket, -1, in(5000));
  ASSERT_TRUE(socket) << socket.error().text;
  char bytes[32] = {};
  EXPECT_EQ(::recv(socket->get(), bytes, sizeof bytes, 0), 12);
  EXPECT_STREQ(bytes, "client hello");
}

TEST_P(AcceptorTest, TheWaitForATicketEndsWithTheControlConnection) {
  UniqueFd far = peer();
  const UniqueFd near = peer();  // the control connection of this test
  ::shutdown(near.get(), SHUT_RDWR);
  const auto socket = acceptor_->wait_for_ticket("ticket", near.get(), in(5000));
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().text, "the other end did not make the connection that it asked for");
}

TEST_P(AcceptorTest, TheWaitForATicketHasATimeLimit) {
  EXPECT_EQ(acceptor_->wait_for_ticket("ticket", -1, in(30)).error().text,
            "the expected connection did not arrive within the time limit");
}

INSTANTIATE_TEST_SUITE_P(BothFamilies, AcceptorTest, ::testing::Values("127.0.0.1", "::1"),
                         [](const auto& address) {
                           return std::string(address.param) == "::1" ? "IPv6" : "IPv4";
                         });

}  // namespace
}  // namespace tuner
