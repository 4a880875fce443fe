#include "probe/handshake/trials/trial_io.h"

#include "probe/handshake/connection/loopback_pair.h"
#include "probe/handshake/connection/payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>

#include <cerrno>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

Deadline in(milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

Moved nothing() {
  return {};
}

bool never() {
  return false;
}

TEST(Pieces, RepeatTheirSizesUntilAllIsSent) {
  const Payload content = make_payload(1, 10);
  Pieces pieces(content, {3, 1});
  std::vector<std::size_t> sizes;
  while (!pieces.all_sent()) {
    sizes.push_back(pieces.next().size());
    pieces.sent(sizes.back());
  }
  EXPECT_THAT(sizes, ElementsAre(3, 1, 3, 1, 2));
  EXPECT_TRUE(pieces.next().empty());
}

TEST(Pieces, APieceThatWasSentInPartGoesOn) {
  const Payload content = make_payload(1, 5);
  Pieces pieces(content, {4});
  pieces.sent(3);
  EXPECT_EQ(pieces.next().size(), 1U);
  EXPECT_EQ(pieces.next().data(), content.data() + 3);
  pieces.sent(1);
  EXPECT_EQ(pieces.next().size(), 1U);
}

TEST(Transfer, EndsWhenItIsComplete) {
  int calls = 0;
  const auto error = transfer({-1, nothing,
                               [&] {
                                 ++calls;
                                 return Moved{.bytes = 1};
                               },
                               [&] { return calls >= 3; }},
                              in(seconds(20)));
  ASSERT_TRUE(error);
  EXPECT_EQ(*error, 0);
  EXPECT_EQ(calls, 4) << "once more, for what should not be there";
}

TEST(Transfer, ReturnsTheErrorOfEitherSide) {
  const auto broken = [] { return Moved{.error = EBADMSG}; };
  EXPECT_EQ(*transfer({-1, broken, nothing, never}, in(seconds(20))), EBADMSG);
  EXPECT_EQ(*transfer({-1, nothing, broken, never}, in(seconds(20))), EBADMSG);
}

TEST(Transfer, EndsWithTheConnection) {
  const auto ended = [] { return Moved{.ended = true}; };
  EXPECT_EQ(*transfer({-1, nothing, ended, never}, in(seconds(20))), 0);
}

// A trial that is over its time proves nothing.
TEST(Transfer, IsNotDoneAtTheDeadline) {
  const auto done = transfer({-1, nothing, nothing, never}, in(milliseconds(30)));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fault, Fault::TimedOut);
}

// What is missing then is a result: the kernel has kept it.
TEST(Transfer, EndsIfNothingMovesAnyMore) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(*transfer({-1, nothing, nothing, never}, in(seconds(60))), 0);
  EXPECT_GE(std::chrono::steady_clock::now() - began, kStall);
}

TEST(Moving, BytesThroughASocketAndItsEnd) {
  auto pair = loopback_pair(in(seconds(20)));
  ASSERT_TRUE(pair);
  ByteBuffer buffer(10);
  const Moved none = receive_now(pair->client.get(), buffer);
  EXPECT_EQ(none.bytes, 0U);
  EXPECT_EQ(none.error, 0) << "EAGAIN is no error";
  EXPECT_FALSE(none.ended);
  EXPECT_FALSE(becomes_ready(pair->client.get(), POLLIN, milliseconds(0)));
  EXPECT_EQ(send_now(pair->server.get(), ByteBuffer{1, 2}).bytes, 2U);
  EXPECT_TRUE(becomes_ready(pair->client.get(), POLLIN, seconds(5)));
  EXPECT_EQ(receive_now(pair->client.get(), buffer).bytes, 2U);
  pair->server.reset();
  EXPECT_TRUE(becomes_ready(pair->client.get(), POLLIN, seconds(5)));
  EXPECT_TRUE(receive_now(pair->client.get(), buffer).ended);
  EXPECT_EQ(receive_now(-1, buffer).error, EBADF);
}

}  // namespace
}  // namespace tuner
