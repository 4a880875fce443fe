#include "probe/socket_answers.h"

#include "probe/handshake/connection/loopback_pair.h"
#include "probe/handshake/connection/socket_questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <span>
#include <thread>

namespace tuner {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

// The tuner's loop: answers until the channel is closed.
class Tuner {
 public:
  explicit Tuner(UniqueFd channel) : answers_(std::move(channel)) {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested() && answers_.fd() >= 0) {
        pollfd ready{.fd = answers_.fd(), .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, 20) > 0) answers_.answer_one();
      }
    });
  }

 private:
  SocketAnswers answers_;
  std::jthread thread_;
};

LoopbackPair connection() {
  return std::move(*loopback_pair(std::chrono::steady_clock::now() + seconds(10)));
}

TEST(SocketAnswers, AreTheKernelsAnswersForThatSocket) {
  auto channel = *question_channel();
  const Tuner tuner(std::move(channel.tuners));
  const AskUlp ask = ulp_questions(channel.helpers.get());
  const LoopbackPair pair = connection();
  for (const int socket : {pair.client.get(), pair.server.get()}) {
    const auto answer = ask(socket);
    const auto own = socket_ulp(socket);
    ASSERT_EQ(answer.has_value(), own.has_value())
        << (answer ? own.error().text : answer.error().text);
    if (answer) {
      EXPECT_EQ(*answer, *own);
    }
  }
}

// No socket has these addresses: the answer is the kernel's error, not an answer without a ULP.
TEST(SocketAnswers, AMissingSocketIsTheKernelsError) {
  auto channel = *question_channel();
  const Tuner tuner(std::move(channel.tuners));
  static_cast<void>(ulp_questions(channel.helpers.get()));
  const TcpEnds none{.family = AF_INET, .local_port = 1, .peer_port = 1};
  ASSERT_EQ(::send(channel.helpers.get(), &none, sizeof none, 0),
            static_cast<ssize_t>(sizeof none));
  std::array<std::byte, 512> reply{};
  const ssize_t size = ::recv(channel.helpers.get(), reply.data(), reply.size(), 0);
  ASSERT_GT(size, static_cast<ssize_t>(sizeof(AnswerErrno)));
  const auto answer = decode_ulp_reply(
      std::span(reply).first(static_cast<std::size_t>(size)).subspan(sizeof(AnswerErrno)));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::NotFound);
}

TEST(SocketAnswers, WithoutATunerAHiddenUlpIsAnError) {
  auto channel = *question_channel();
  channel.tuners.reset();
  for (const int no_tuner : {channel.helpers.get(), -1}) {
    const LoopbackPair pair = connection();
    const auto answer = ulp_questions(no_tuner)(pair.client.get());
    EXPECT_FALSE(answer) << "the socket has no ULP, or the ULP is hidden";
  }
}

// ---- A compromised helper

class Hostile : public ::testing::Test {
 protected:
  // Sends these bytes, with a descriptor unless it is -1.
  void send(std::string bytes, int descriptor = -1) {
    iovec data{.iov_base = bytes.data(), .iov_len = bytes.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptor)] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      cmsghdr* head = CMSG_FIRSTHDR(&message);
      head->cmsg_level = SOL_SOCKET;
      head->cmsg_type = SCM_RIGHTS;
      head->cmsg_len = CMSG_LEN(sizeof descriptor);
      std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    }
    ASSERT_EQ(::sendmsg(channel_.helpers.get(), &message, 0), static_cast<ssize_t>(bytes.size()));
    answers_.answer_one();
  }
  bool answers() const { return answers_.fd() >= 0; }

  QuestionChannel channel_ = std::move(*question_channel());
  SocketAnswers answers_{std::move(channel_.tuners)};
};

TEST_F(Hostile, AnotherSocketClosesTheChannel) {
  const UniqueFd route(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
  send("d", route.get());
  EXPECT_FALSE(answers());
}

TEST_F(Hostile, AFileClosesTheChannel) {
  const UniqueFd file(::dup(STDERR_FILENO));
  send("d", file.get());
  EXPECT_FALSE(answers());
}

TEST_F(Hostile, AQuestionBeforeTheSocketClosesTheChannel) {
  send(std::string(sizeof(TcpEnds), '\2'));
  EXPECT_FALSE(answers());
}

TEST_F(Hostile, AMalformedQuestionClosesTheChannel) {
  for (const std::string& words : {std::string("d"), std::string(sizeof(TcpEnds) + 1, '\2'),
                                   std::string(sizeof(TcpEnds), '\7')}) {
    channel_ = std::move(*question_channel());
    answers_ = SocketAnswers(std::move(channel_.tuners));
    const UniqueFd diagnostics(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 4));
    send("d", diagnostics.get());
    ASSERT_TRUE(answers());
    send(words);
    EXPECT_FALSE(answers()) << words.size();
  }
}

TEST_F(Hostile, TheEndOfTheHelperClosesTheChannel) {
  channel_.helpers.reset();
  answers_.answer_one();
  EXPECT_FALSE(answers());
}

}  // namespace
}  // namespace tuner
