#include "probe/handshake/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <array>
#include <thread>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr std::string_view kToken = "0123456789abcdef";

Deadline in(int ms) {
  return std::chrono::steady_clock::now() + milliseconds(ms);
}

struct Ends {
  UniqueFd caller;
  UniqueFd listener;
};

Ends ends() {
  std::array<int, 2> fds{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()), 0);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

void say(int fd, const Frame& frame) {
  EXPECT_TRUE(send_all(fd, encode_frame(frame), in(1000)));
}

SessionKeys keys() {
  return session_keys(kToken, {"caller", "listener"});
}

TEST(Channel, MessagesArriveAsTheyWereSent) {
  Ends pair = ends();
  Channel caller = Channel::of_caller(std::move(pair.caller), keys());
  Channel listener = Channel::of_listener(std::move(pair.listener), keys());
  for (const std::string& message : {std::string("one"), std::string(), std::string(50'000, 'x')}) {
    ASSERT_TRUE(caller.send(message, in(1000)));
    EXPECT_EQ(*listener.receive(in(1000)), message);
    ASSERT_TRUE(listener.send(message, in(1000)));
    EXPECT_EQ(*caller.receive(in(1000)), message);
  }
}

TEST(Channel, ChangedRepeatedReflectedOrUnsignedMessagesAreNotTheOtherEnds) {
  const std::string digest = message_digest(keys().from_caller, 0, "message");
  const std::string reflected = message_digest(keys().from_listener, 0, "message");
  for (const std::string& payload :
       {digest + "massage", message_digest(keys().from_caller, 1, "message") + "message",
        reflected + "message", std::string(kDigestSize, '\0') + "message"}) {
    Ends pair = ends();
    say(pair.caller.get(), {FrameKind::Message, payload});
    Channel listener = Channel::of_listener(std::move(pair.listener), keys());
    const auto heard = listener.receive(in(1000));
    ASSERT_FALSE(heard);
    EXPECT_EQ(heard.error().text, "a message is not as the other end sent it");
  }
}

TEST(Channel, AMessageThatComesTwiceIsHeardOnce) {
  Ends pair = ends();
  const Frame frame{FrameKind::Message, message_digest(keys().from_caller, 0, "pay") + "pay"};
  say(pair.caller.get(), frame);
  say(pair.caller.get(), frame);
  Channel listener = Channel::of_listener(std::move(pair.listener), keys());
  EXPECT_TRUE(listener.receive(in(1000)));
  EXPECT_FALSE(listener.receive(in(1000)));
}

TEST(Channel, OtherFramesAndTooLongOnesEndIt) {
  for (const Frame& frame :
       {Frame{FrameKind::Hello, std::string(40, 'x')}, Frame{FrameKind::Message, "short"}}) {
    Ends pair = ends();
    say(pair.caller.get(), frame);
    Channel listener = Channel::of_listener(std::move(pair.listener), keys());
    EXPECT_EQ(listener.receive(in(1000)).error().text, "a frame came out of turn");
  }
  Ends pair = ends();
  const std::string head =
      encode_frame({FrameKind::Message, std::string(kLongestMessage + 1, 'x')});
  EXPECT_TRUE(send_all(pair.caller.get(), std::string_view(head).substr(0, 100), in(1000)));
  Channel listener = Channel::of_listener(std::move(pair.listener), keys());
  EXPECT_EQ(listener.receive(in(1000)).error().fault, Fault::Invalid);
}

TEST(Channel, SilenceDripsAndALostPeerEndInTime) {
  Ends silent = ends();
  Channel waiting = Channel::of_listener(std::move(silent.listener), keys());
  EXPECT_EQ(waiting.receive(in(50)).error().fault, Fault::TimedOut);
  Ends dripping = ends();
  const std::jthread drip([&](const std::stop_token& stop) {
    const std::string frame = encode_frame({FrameKind::Message, std::string(10'000, 'x')});
    for (std::size_t i = 0; i < frame.size() && !stop.stop_requested(); ++i) {
      static_cast<void>(send_all(dripping.caller.get(), frame.substr(i, 1), in(100)));
      std::this_thread::sleep_for(milliseconds(2));
    }
  });
  Channel dripped = Channel::of_listener(std::move(dripping.listener), keys());
  EXPECT_EQ(dripped.receive(in(100)).error().fault, Fault::TimedOut);
  Ends gone = ends();
  gone.caller.reset();
  Channel lonely = Channel::of_listener(std::move(gone.listener), keys());
  EXPECT_EQ(lonely.receive(in(1000)).error().text, "the other end closed the connection");
}

// ---- The caller meets listeners of all kinds

Result<Introduced> meet(const std::vector<Frame>& answers) {
  Ends pair = ends();
  for (const Frame& frame : answers) say(pair.listener.get(), frame);
  return introduce(std::move(pair.caller), kToken, in(200));
}

TEST(Introduce, AListenerWithoutTheTokenIsNotBelieved) {
  const Frame challenge{FrameKind::Challenge, std::string(kNonceSize, 'l')};
  const auto met = meet({challenge, {FrameKind::Welcome, std::string(kDigestSize, 'w')}});
  ASSERT_FALSE(met);
  EXPECT_EQ(met.error().fault, Fault::Refused);
  EXPECT_EQ(met.error().text, "the listener does not know the token");
  EXPECT_THAT(met.error().hint, HasSubstr("--token-file"));
}

TEST(Introduce, ARefusalIsTheListenersWordsMadeHarmless) {
  const auto met = meet({{FrameKind::Refused, "no\x1b[2J room"}});
  EXPECT_EQ(met.error().text, "the listener refused us: no\\x1b[2J room");
}

TEST(Introduce, NonsenseIsSeen) {
  EXPECT_EQ(meet({{FrameKind::Challenge, "short"}}).error().text, "a challenge of another length");
  EXPECT_EQ(meet({{FrameKind::Welcome, "x"}}).error().text, "a frame came out of turn");
  EXPECT_EQ(meet({}).error().fault, Fault::TimedOut);
}

}  // namespace
}  // namespace tuner
