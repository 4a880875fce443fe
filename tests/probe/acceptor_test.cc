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
    doorman_.emplace(std::move(*socket), std::string(kToken));
  }

  UniqueFd stranger() {
    auto socket = connect_to({place_}, in(10'000));
    EXPECT_TRUE(socket) << socket.error().text;
    return socket ? std::move(*socket) : UniqueFd();
  }

  UniqueFd stranger_who_says(std::string_view bytes) {
    UniqueFd socket = stranger();
    EXPECT_TRUE(send_all(socket.get(), bytes, in(1000)));
    return socket;
  }

  // A caller with the right token, in a thread of its own.
  std::jthread good_caller() {
    return std::jthread([this] {
      auto socket = connect_to({place_}, in(5000));
      ASSERT_TRUE(socket);
      const auto met = introduce(socket->get(), kToken, in(5000));
      EXPECT_TRUE(met) << met.error().text;
    });
  }

  HostPort place_;
  std::optional<Acceptor> doorman_;
};

TEST_P(AcceptorTest, LetsInWhoKnowsTheToken) {
  const std::jthread caller = good_caller();
  EXPECT_TRUE(doorman_->wait_for_caller(in(5000)));
}

TEST_P(AcceptorTest, TheDoorIsOpenAgainAfterOneWhoWasNotTheCaller) {
  const std::jthread relay = good_caller();
  ASSERT_TRUE(doorman_->wait_for_caller(in(5000)));
  doorman_->not_the_caller("it only relays");
  EXPECT_THAT(doorman_->wait_for_caller(in(20)).error().text,
              HasSubstr("1 connected and none had the token; of the last one: it only relays"));
  const std::jthread caller = good_caller();
  EXPECT_TRUE(doorman_->wait_for_caller(in(5000)));
}

TEST_P(AcceptorTest, TellsWhoCameInstead) {
  EXPECT_THAT(doorman_->wait_for_caller(in(20)).error().text, HasSubstr("nobody connected"));
  const UniqueFd silent = stranger();
  EXPECT_THAT(doorman_->wait_for_caller(in(50)).error().text,
              HasSubstr("1 connected and said too little"));
  const UniqueFd browser = stranger_who_says("GET / HTTP/1.1\r\n\r\n");
  const auto nobody = doorman_->wait_for_caller(in(50));
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().fault, Fault::TimedOut);
  EXPECT_THAT(nobody.error().text, HasSubstr("2 connected and none had the token; of the last one: "
                                             "what came is not of the probe's protocol"));
  EXPECT_THAT(nobody.error().hint, HasSubstr("--connect"));
}

// Silent ones, half a hello, nonsense, one who goes again, wrong tokens: the right one gets in.
TEST_P(AcceptorTest, AmongStrangersOfAllKindsTheRightOneGetsIn) {
  std::vector<UniqueFd> kept;
  const std::string hello = encode_frame({FrameKind::Hello, encode_hello(std::string(32, 'n'))});
  for (int i = 0; i < 10; ++i) {
    kept.push_back(stranger());
    kept.push_back(stranger_who_says(hello.substr(0, 20)));
    kept.push_back(stranger_who_says("\x16\x03\x01 nonsense"));
    kept.push_back(stranger_who_says(hello));
    static_cast<void>(stranger_who_says("bye"));
  }
  const std::jthread caller = good_caller();
  EXPECT_TRUE(doorman_->wait_for_caller(in(5000)));
}

TEST_P(AcceptorTest, AFloodMakesRoomForTheRightOne) {
  std::vector<UniqueFd> flood;
  std::jthread waves([&](const std::stop_token& stop) {
    while (!stop.stop_requested() && flood.size() < 400) flood.push_back(stranger());
  });
  std::this_thread::sleep_for(milliseconds(20));
  const std::jthread caller = good_caller();
  EXPECT_TRUE(doorman_->wait_for_caller(in(10'000)));
  waves.request_stop();
}

// However slow it is: more silent ones than fit have come between its hello and its proof.
TEST_P(AcceptorTest, WhoHasGreetedIsNotDroppedForTheSilent) {
  auto served =
      std::async(std::launch::async, [&] { return doorman_->wait_for_caller(in(10'000)); });
  const Nonces hello{.caller = std::string(kNonceSize, 'n')};
  const UniqueFd slow =
      stranger_who_says(encode_frame({FrameKind::Hello, encode_hello(hello.caller)}));
  const auto challenge = receive_frame(slow.get(), kLongestFromStranger, in(5000));
  ASSERT_TRUE(challenge) << challenge.error().text;
  std::vector<UniqueFd> silent;
  while (silent.size() < 600) silent.push_back(stranger());
  const Nonces nonces{.caller = hello.caller, .listener = challenge->payload};
  EXPECT_TRUE(send_all(slow.get(), encode_frame({FrameKind::Proof, caller_proof(kToken, nonces)}),
                       in(1000)));
  EXPECT_TRUE(served.get());
}

TEST_P(AcceptorTest, TheTicketIsWaitedForAmongStrangersAndTlsMayFollowAtOnce) {
  const std::string ticket = stamped("key", "0123456789abcdef");
  const UniqueFd silent = stranger();
  const UniqueFd guesser =
      stranger_who_says(encode_frame({FrameKind::Ticket, stamped("guess", "0123456789abcdef")}));
  const UniqueFd right =
      stranger_who_says(encode_frame({FrameKind::Ticket, ticket}) + "client hello");
  const auto socket = doorman_->wait_for_ticket(ticket, -1, in(5000));
  ASSERT_TRUE(socket) << socket.error().text;
  char bytes[32] = {};
  EXPECT_EQ(::recv(socket->get(), bytes, sizeof bytes, 0), 12);
  EXPECT_STREQ(bytes, "client hello");
}

TEST_P(AcceptorTest, TheWaitForATicketEndsWithTheCallersControlConnection) {
  UniqueFd far = stranger();
  const UniqueFd near = stranger();  // stands for the control connection
  ::shutdown(near.get(), SHUT_RDWR);
  const auto socket = doorman_->wait_for_ticket("ticket", near.get(), in(5000));
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().text, "the other end did not make the connection that it asked for");
}

TEST_P(AcceptorTest, ATicketThatDoesNotComeIsNotWaitedForForEver) {
  EXPECT_EQ(doorman_->wait_for_ticket("ticket", -1, in(30)).error().text,
            "the connection that was due did not come within the time limit");
}

INSTANTIATE_TEST_SUITE_P(BothFamilies, AcceptorTest, ::testing::Values("127.0.0.1", "::1"),
                         [](const auto& address) {
                           return std::string(address.param) == "::1" ? "IPv6" : "IPv4";
                         });

}  // namespace
}  // namespace tuner
