#include "bench/trace.h"

#include "base/json_text.h"
#include "bench/message_reports.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <map>

namespace tuner {
namespace {

using Json = nlohmann::json;
using testing::message_report;

// In nanoseconds: the document has microseconds.
struct Span {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

Span span_of(const Json& event) {
  const auto ns = [&](const char* key) { return std::llround(event.at(key).get<double>() * 1000); };
  return {ns("ts"), ns("ts") + ns("dur")};
}

Json events_of(const BenchReport& report) {
  return parse_json(trace_json(report)).at("traceEvents");
}

// Each event lies within the event that is open when it begins, or behind it.
void expect_nested(const Json& events) {
  std::map<int, std::vector<Span>> open;  // by process
  for (const Json& event : events) {
    if (event.at("ph") != "X") continue;
    EXPECT_EQ(event.at("tid"), 1);
    const Span span = span_of(event);
    ASSERT_LE(span.begin, span.end) << event;
    auto& stack = open[event.at("pid").get<int>()];
    while (!stack.empty() && stack.back().end <= span.begin) stack.pop_back();
    if (!stack.empty()) {
      EXPECT_GE(span.begin, stack.back().begin) << event;
      EXPECT_LE(span.end, stack.back().end) << event;
    }
    stack.push_back(span);
  }
}

std::vector<std::string> names_of(const Json& events, int process, std::size_t most) {
  std::vector<std::string> names;
  for (const Json& event : events) {
    if (event.at("ph") == "X" && event.at("pid") == process && names.size() < most)
      names.push_back(event.at("name"));
  }
  return names;
}

TEST(Trace, IsADocumentOfNestedEvents) {
  const BenchReport report = message_report(900);
  const Json document = parse_json(trace_json(report));
  EXPECT_EQ(document.at("displayTimeUnit"), "ns");
  EXPECT_EQ(document.at("otherData").at("start_unix_ns"), "1700000000000000000");
  expect_nested(document.at("traceEvents"));
}

TEST(Trace, AProcessIsARowAndHasItsName) {
  const Json events = events_of(message_report(900));
  std::map<int, std::string> names;
  for (const Json& event : events) {
    if (event.at("name") == "process_name") names[event.at("pid")] = event.at("args").at("name");
  }
  EXPECT_EQ(names, (std::map<int, std::string>{{1, "plain"},
                                               {2, "tls TLSv1.3 AES-128-GCM"},
                                               {3, "ktls-receive TLSv1.3 AES-128-GCM"}}));
}

TEST(Trace, EventsAreWhatIsBetweenTheMarks) {
  const Json events = events_of(message_report(900));
  EXPECT_EQ(names_of(events, 1, 6),
            (std::vector<std::string>{"message", "kernel to epoll", "epoll to call", "recvmsg",
                                      "parse", "callback"}));
  EXPECT_EQ(names_of(events, 2, 7),
            (std::vector<std::string>{"message", "kernel to epoll", "epoll to call", "SSL_read",
                                      "recvmsg", "parse", "callback"}));
  EXPECT_EQ(names_of(events, 3, 6),
            (std::vector<std::string>{"message", "kernel to epoll", "epoll to call",
                                      "SSL_read: receive and decrypt", "parse", "callback"}));
}

TEST(Trace, WithoutStampsAMessageBeginsInEpoll) {
  BenchReport report = message_report(900);
  for (MessageSample& sample : report.messages) {
    for (MessageMarks& marks : sample.marked.messages) marks.kernel.reset();
  }
  const Json events = events_of(report);
  expect_nested(events);
  EXPECT_EQ(names_of(events, 3, 2), (std::vector<std::string>{"message", "epoll to call"}));
}

TEST(Trace, ANicsStampIsAnEvent) {
  BenchReport report = message_report(900);
  report.messages[0].marked.messages[0].nic = -500;
  const Json events = events_of(report);
  expect_nested(events);
  EXPECT_EQ(names_of(events, 1, 2), (std::vector<std::string>{"message", "NIC to kernel"}));
}

TEST(Trace, IsBounded) {
  BenchReport report = message_report(900);
  auto& messages = report.messages[1].marked.messages;
  messages.resize(5000, MessageMarks(messages.front()));
  const Json events = events_of(report);
  std::size_t count = 0;
  for (const Json& event : events)
    count += event.at("name") == "message" && event.at("pid") == 2 ? 1 : 0;
  EXPECT_EQ(count, kTracedMessages / 10 + 90) << "a tenth of the first round, all of the others";
}

TEST(Trace, OfNothingIsAnEmptyDocument) {
  EXPECT_EQ(events_of(BenchReport{}), Json::array());
}

}  // namespace
}  // namespace tuner
