#include "probe/http_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Read {
  std::string content;
  int status = 0;
  bool complete = false;
  bool complete_at_end = false;
  std::optional<Error> error;
};

// The reply in parts of this size.
Read read(std::string_view bytes, std::size_t size) {
  Read seen;
  HttpReply reply([&](std::string_view part) { seen.content += part; });
  while (!bytes.empty() && !seen.complete && !seen.error) {
    const auto taken = reply.take(bytes.substr(0, size));
    if (!taken) seen.error = taken.error();
    seen.complete = taken && *taken;
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  seen.status = reply.status();
  seen.complete_at_end = reply.complete_at_end();
  return seen;
}

TEST(HttpReply, TheRequestAsksForTheContentItself) {
  const std::string request = http_request("a.example:8443", "/x?y");
  EXPECT_THAT(request, StartsWith("GET /x?y HTTP/1.1\r\nHost: a.example:8443\r\n"));
  EXPECT_THAT(request, HasSubstr("Accept-Encoding: identity\r\n"));
  EXPECT_TRUE(request.ends_with("\r\n\r\n"));
}

struct Reply {
  const char* text;
  const char* content;
  int status;
};

class HttpReplies : public ::testing::TestWithParam<Reply> {};

TEST_P(HttpReplies, AreReadInPartsOfAnySize) {
  for (const std::size_t size : {1U, 2U, 7U, 4096U}) {
    const Read seen = read(GetParam().text, size);
    ASSERT_FALSE(seen.error) << seen.error->text;
    EXPECT_TRUE(seen.complete) << size;
    EXPECT_EQ(seen.content, GetParam().content) << size;
    EXPECT_EQ(seen.status, GetParam().status);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, HttpReplies,
    ::testing::Values(
        Reply{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhellomore", "hello", 200},
        Reply{"HTTP/1.0 404 Not Found\ncontent-length: 2\n\nno", "no", 404},
        Reply{"HTTP/1.1 204 No Content\r\n\r\n", "", 204},
        Reply{"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "", 200},
        Reply{"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
              "Content-Length: 1\r\n\r\nx",
              "x", 200},
        // Transfer-Encoding overrides Content-Length.
        Reply{"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: Chunked\r\n\r\n"
              "4;name=value\r\nwiki\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
              "wiki0123456789", 200}));

TEST(HttpReply, WithoutALengthTheEndOfTheConnectionCompletesIt) {
  const Read seen = read("HTTP/1.1 200 OK\r\n\r\nall that follows", 3);
  EXPECT_FALSE(seen.complete);
  EXPECT_TRUE(seen.complete_at_end);
  EXPECT_EQ(seen.content, "all that follows");
}

TEST(HttpReply, WithALengthTheEndOfTheConnectionDoesNot) {
  const Read seen = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", 3);
  EXPECT_FALSE(seen.complete);
  EXPECT_FALSE(seen.complete_at_end);
}

struct Bad {
  std::string text;
  Fault fault;
  const char* words;
};

class BadReplies : public ::testing::TestWithParam<Bad> {};

TEST_P(BadReplies, AreRefused) {
  for (const std::size_t size : {1U, 65536U}) {
    const Read seen = read(GetParam().text, size);
    ASSERT_TRUE(seen.error);
    EXPECT_EQ(seen.error->fault, GetParam().fault) << seen.error->text;
    EXPECT_THAT(seen.error->text, HasSubstr(GetParam().words));
  }
}

std::string chunked(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}

INSTANTIATE_TEST_SUITE_P(
    EachState, BadReplies,
    ::testing::Values(
        Bad{"220 mail ESMTP\r\n", Fault::Invalid, "no HTTP/1 reply: '220 mail ESMTP'"},
        Bad{"HTTP/2 200\r\n", Fault::Invalid, "no HTTP/1 reply"},
        Bad{"HTTP/1.1 2000 x\r\n", Fault::Invalid, "no HTTP/1 reply"},
        Bad{"HTTP/1.1 20\x1b x\r\n", Fault::Invalid, "\\x1b"},
        Bad{"HTTP/1.1 200 OK\r\nno colon\r\n", Fault::Invalid, "no colon"},
        Bad{"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", Fault::Invalid, "Content-Length"},
        Bad{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n", Fault::Invalid,
            "Content-Length"},
        Bad{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n", Fault::Invalid,
            "unknown Transfer-Encoding"},
        Bad{chunked("xyz\r\n"), Fault::Invalid, "a chunk has no size"},
        Bad{chunked("fffffffffffffffff\r\n"), Fault::Invalid, "a chunk has no size"},
        Bad{chunked("1\r\nab\r\n"), Fault::Invalid, "longer than its size"},
        Bad{chunked("1;" + std::string(2000, 'x')), Fault::TooLarge, "1024 bytes"},
        Bad{"HTTP/1.1 200 OK\r\nX: " + std::string(kLongestHead, 'y'), Fault::TooLarge, "65536"},
        Bad{chunked("0\r\n" +
                    [] {
                      std::string trailers;
                      for (int i = 0; i < 10'000; ++i) trailers += "X: yyyyyy\r\n";
                      return trailers;
                    }()),
            Fault::TooLarge, "trailers"}));

TEST(HttpReply, EndlessReplies1xxAreLimited) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "HTTP/1.1 100 Continue\r\n\r\n";
  const Read seen = read(text, 4096);
  ASSERT_TRUE(seen.error);
  EXPECT_EQ(seen.error->fault, Fault::TooLarge);
}

}  // namespace
}  // namespace tuner
