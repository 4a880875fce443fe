#include "probe/handshake/channel.h"

#include "probe/handshake/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <array>
#include <csignal>
#include <future>
#include <thread>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

// The program ignores SIGPIPE too (probe/handshake/main.cc).
[[maybe_unused]] const auto kBefore = std::signal(SIGPIPE, SIG_IGN);

constexpr std::string_view kToken = "ktls_0123456789abcdef0123456789abcdef3669";

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

const Identity& identity() {
  static const Identity kIdentity = std::move(*make_identity());
  return kIdentity;
}

const Nonces kNonces{std::string(kNonceSize, 'c'), std::string(kNonceSize, 'l')};

std::future<Result<ControlConnection>> listening(UniqueFd socket, std::string_view token = kToken) {
  return std::async(std::launch::async, [socket = std::move(socket), token]() mutable {
    return bind_listener(std::move(socket), kNonces, token, identity(), in(5000));
  });
}

// ---- Two ends in one session

TEST(Channel, MessagesArriveUnchanged) {
  Ends pair = ends();
  auto listener = listening(std::move(pair.listener));
  auto caller = bind_caller(std::move(pair.caller), kNonces, kToken, in(5000));
  ASSERT_TRUE(caller) << caller.error().text;
  auto served = listener.get();
  ASSERT_TRUE(served) << served.error().text;
  EXPECT_EQ(caller->ticket_key, served->ticket_key);
  for (const std::string& message : {std::string("one"), std::string(), std::string(50'000, 'x')}) {
    ASSERT_TRUE(caller->channel.send(message, in(1000)));
    EXPECT_EQ(*served->channel.receive(in(1000)), message);
    ASSERT_TRUE(served->channel.send(message, in(1000)));
    EXPECT_EQ(*caller->channel.receive(in(1000)), message);
  }
}

TEST(Channel, EachSessionHasABindingOfItsOwn) {
  std::string before;
  for (int i = 0; i < 2; ++i) {
    Ends pair = ends();
    auto accepted = std::async(std::launch::async, [&] {
      return SecureStream::accept(std::move(pair.listener), identity(), in(5000));
    });
    const auto caller = SecureStream::connect(std::move(pair.caller), in(5000));
    const auto listener = accepted.get();
    ASSERT_TRUE(caller && listener);
    const std::string binding = *caller->binding();
    EXPECT_EQ(binding, *listener->binding());
    EXPECT_EQ(binding.size(), 32U);
    EXPECT_NE(binding, before);
    before = binding;
  }
}

// A listener whose frames inside TLS are sent by the test.
struct Met {
  Result<SecureStream> stream;
  std::future<Result<ControlConnection>> caller;
};

Met meet_caller() {
  Ends pair = ends();
  auto caller = std::async(std::launch::async, [socket = std::move(pair.caller)]() mutable {
    return bind_caller(std::move(socket), kNonces, kToken, in(5000));
  });
  return {SecureStream::accept(std::move(pair.listener), identity(), in(5000)), std::move(caller)};
}

Result<ControlConnection> caller_hears(const Frame& frame) {
  Met met = meet_caller();
  EXPECT_TRUE(met.stream->receive(kLongestUnauthenticated, in(5000)));
  EXPECT_TRUE(met.stream->send(encode_frame(frame), in(5000)));
  return met.caller.get();
}

TEST(Bound, TheCallerAcceptsOnlyAProofOfThisSession) {
  // The caller's own proof, proofs of another session and from before TLS, and an empty one.
  Met reflecting = meet_caller();
  const auto own = reflecting.stream->receive(kLongestUnauthenticated, in(5000));
  ASSERT_TRUE(own);
  ASSERT_TRUE(reflecting.stream->send(encode_frame(*own), in(5000)));
  EXPECT_EQ(reflecting.caller.get().error().fault, Fault::Refused);
  for (const std::string& proof : {listener_bound(kToken, kNonces, std::string(32, 'b')),
                                   listener_proof(kToken, kNonces), std::string()}) {
    const auto met = caller_hears({FrameKind::Bound, proof});
    ASSERT_FALSE(met);
    EXPECT_EQ(met.error().fault, Fault::Refused);
    EXPECT_THAT(met.error().text, HasSubstr("a relay between the two ends terminates TLS"));
  }
}

Result<ControlConnection> listener_hears(const Frame& frame) {
  Ends pair = ends();
  auto listener = listening(std::move(pair.listener));
  auto caller = SecureStream::connect(std::move(pair.caller), in(5000));
  EXPECT_TRUE(caller->send(encode_frame(frame), in(5000)));
  return listener.get();
}

TEST(Bound, TheListenerAcceptsNoRecordedProof) {
  for (const std::string& proof : {caller_bound(kToken, kNonces, std::string(32, 'b')),
                                   caller_proof(kToken, kNonces), std::string()}) {
    const auto met = listener_hears({FrameKind::Bound, proof});
    ASSERT_FALSE(met);
    EXPECT_EQ(met.error().fault, Fault::Refused);
    EXPECT_THAT(met.error().text, HasSubstr("the proof belongs to another TLS session"));
  }
  EXPECT_EQ(listener_hears({FrameKind::Message, "{}"}).error().text, "unexpected frame");
  EXPECT_EQ(listener_hears({FrameKind::Refused, "relay"}).error().text, "unexpected frame");
}

// A relay has a TLS session with each end and forwards all bytes between them.
TEST(Bound, ARelayIsDetectedByBothEnds) {
  Ends near = ends();
  Ends far = ends();
  auto listener = listening(std::move(far.listener));
  auto caller = std::async(std::launch::async, [&] {
    return bind_caller(std::move(near.caller), kNonces, kToken, in(5000));
  });
  auto to_caller = SecureStream::accept(std::move(near.listener), identity(), in(5000));
  auto to_listener = SecureStream::connect(std::move(far.caller), in(5000));
  ASSERT_TRUE(to_caller && to_listener);
  const auto proof = to_caller->receive(kLongestUnauthenticated, in(5000));
  ASSERT_TRUE(proof);
  ASSERT_TRUE(to_listener->send(encode_frame(*proof), in(5000)));
  const auto answer = to_listener->receive(kLongestUnauthenticated, in(5000));
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, (Frame{FrameKind::Refused, "relay"}));
  ASSERT_TRUE(to_caller->send(encode_frame(*answer), in(5000)));
  EXPECT_EQ(
      listener.get().error().text,
      "the proof belongs to another TLS session: a relay between the two ends terminates TLS");
  const auto refused = caller.get();
  EXPECT_EQ(
      refused.error().text,
      "the listener refused the connection: the proof belongs to another TLS session: a relay "
      "between the two ends terminates TLS");
  EXPECT_THAT(refused.error().hint, HasSubstr("a proxy that terminates TLS is not"));
}

TEST(Bound, AnotherTokenDoesNotBind) {
  Ends pair = ends();
  auto listener = listening(std::move(pair.listener), "ktls_another");
  EXPECT_EQ(bind_caller(std::move(pair.caller), kNonces, kToken, in(5000)).error().fault,
            Fault::Refused);
  EXPECT_EQ(listener.get().error().fault, Fault::Refused);
}

// ---- Requirements on TLS

TEST(SecureStream, AnOlderTlsVersionIsRejected) {
  Ends pair = ends();
  auto accepted = std::async(std::launch::async, [&] {
    return SecureStream::accept(std::move(pair.listener), identity(), in(5000));
  });
  const SslContext older(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(older.get(), TLS1_2_VERSION);
  const Connection connection(SSL_new(older.get()));
  SSL_set_fd(connection.get(), pair.caller.get());
  for (int i = 0; i < 100 && SSL_connect(connection.get()) != 1; ++i) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  const auto listener = accepted.get();
  ASSERT_FALSE(listener);
  EXPECT_THAT(listener.error().text, HasSubstr("handshake of the control connection: "));
  EXPECT_NE(SSL_version(connection.get()), TLS1_3_VERSION);
}

TEST(SecureStream, GarbageSilenceAndALostPeerEndInTime) {
  Ends nonsense = ends();
  EXPECT_TRUE(send_all(nonsense.listener.get(), "HTTP/1.1 400 Bad Request\r\n\r\n", in(1000)));
  EXPECT_EQ(SecureStream::connect(std::move(nonsense.caller), in(1000)).error().fault, Fault::Io);
  Ends silent = ends();
  EXPECT_EQ(SecureStream::connect(std::move(silent.caller), in(50)).error().fault, Fault::TimedOut);
  Ends gone = ends();
  gone.caller.reset();
  EXPECT_EQ(SecureStream::accept(std::move(gone.listener), identity(), in(1000)).error().fault,
            Fault::Io);
}

struct Session {
  SecureStream caller;
  SecureStream listener;
};

Session session() {
  Ends pair = ends();
  auto accepted = std::async(std::launch::async, [&] {
    return SecureStream::accept(std::move(pair.listener), identity(), in(5000));
  });
  auto caller = SecureStream::connect(std::move(pair.caller), in(5000));
  return {std::move(*caller), std::move(*accepted.get())};
}

TEST(Channel, OtherAndTooLongFramesAreErrors) {
  Session other = session();
  ASSERT_TRUE(other.caller.send(encode_frame({FrameKind::Hello, "x"}), in(1000)));
  EXPECT_EQ(Channel(std::move(other.listener)).receive(in(1000)).error().text, "unexpected frame");
  Session longer = session();
  const std::string head =
      encode_frame({FrameKind::Message, std::string(kLongestMessage + 1, 'x')});
  ASSERT_TRUE(longer.caller.send(std::string_view(head).substr(0, 100), in(1000)));
  EXPECT_EQ(Channel(std::move(longer.listener)).receive(in(1000)).error().fault, Fault::Invalid);
}

TEST(Channel, SilenceSingleBytesAndALostPeerEndInTime) {
  Session silent = session();
  EXPECT_EQ(Channel(std::move(silent.listener)).receive(in(50)).error().fault, Fault::TimedOut);
  Session dripping = session();
  const std::jthread drip([&](const std::stop_token& stop) {
    const std::string frame = encode_frame({FrameKind::Message, std::string(10'000, 'x')});
    for (std::size_t i = 0; i < frame.size() && !stop.stop_requested(); ++i) {
      static_cast<void>(dripping.caller.send(frame.substr(i, 1), in(100)));
      std::this_thread::sleep_for(milliseconds(2));
    }
  });
  EXPECT_EQ(Channel(std::move(dripping.listener)).receive(in(100)).error().fault, Fault::TimedOut);
  Session gone = session();
  { const SecureStream ended = std::move(gone.caller); }
  EXPECT_EQ(Channel(std::move(gone.listener)).receive(in(1000)).error().text,
            "the other end closed the connection");
}

// ---- Misbehaving listeners

Result<Nonces> meet(const std::vector<Frame>& answers) {
  const Ends pair = ends();
  for (const Frame& frame : answers) {
    EXPECT_TRUE(send_all(pair.listener.get(), encode_frame(frame), in(1000)));
  }
  return authenticate_caller(pair.caller.get(), kToken, in(200));
}

TEST(Introduce, AListenerWithoutTheTokenIsRejected) {
  const Frame challenge{FrameKind::Challenge, std::string(kNonceSize, 'l')};
  const auto met = meet({challenge, {FrameKind::Welcome, std::string(kDigestSize, 'w')}});
  ASSERT_FALSE(met);
  EXPECT_EQ(met.error().fault, Fault::Refused);
  EXPECT_EQ(met.error().text, "the listener does not know the token");
  EXPECT_THAT(met.error().hint, HasSubstr("--token-file"));
}

TEST(Introduce, ARefusalShowsNoTextOfTheOtherEnd) {
  for (const RefusalRow& row : kRefusals) {
    const auto met = meet({{FrameKind::Refused, std::string(row.word)}});
    EXPECT_EQ(met.error().text,
              "the listener refused the connection: " + std::string(row.sentence));
    EXPECT_EQ(met.error().fault, Fault::Refused);
  }
  for (const char* words : {"no\x1b[2J room", "", "tokens", "call 555-0100 for support"}) {
    const auto met = meet({{FrameKind::Refused, words}});
    EXPECT_EQ(met.error().text, "the listener refused the connection with an unknown reason");
    EXPECT_EQ(met.error().fault, Fault::Invalid);
  }
}

TEST(Introduce, GarbageAndSilenceAreErrors) {
  EXPECT_EQ(meet({{FrameKind::Challenge, "short"}}).error().text,
            "the challenge has the wrong length");
  EXPECT_EQ(meet({{FrameKind::Welcome, "x"}}).error().text, "unexpected frame");
  EXPECT_EQ(meet({}).error().fault, Fault::TimedOut);
}

}  // namespace
}  // namespace tuner
