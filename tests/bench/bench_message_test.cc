#include "bench/load/bench_message.h"

#include "bench/bench_reports.h"
#include "bench/load/peer_event.h"
#include "probe/handshake/connection/frame.h"
#include "probe/handshake/wire_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::bench_sample;
using testing::bench_start;
using ::testing::HasSubstr;

BenchOffer whole_offer() {
  BenchOffer offer{
      .start = bench_start(), .certificate = std::string(64, 'a'), .total = seconds(12)};
  offer.start.wire = BenchWire{.peer = "192.0.2.1:4433", .interface = "eth0", .nics = {"eth0"}};
  return offer;
}

// The message with this text in it replaced.
std::string changed(std::string message, const std::string& from, const std::string& to) {
  const std::size_t at = message.find(from);
  EXPECT_NE(at, std::string::npos) << from << " is not in " << message;
  return message.replace(at, from.size(), to);
}

TEST(BenchMessage, AnOfferSurvivesARoundTrip) {
  const auto offer = read_bench_offer(offer_message(whole_offer()));
  ASSERT_TRUE(offer) << offer.error().text;
  EXPECT_EQ(offer->start.variants, bench_start().variants);
  EXPECT_EQ(offer->start.wire->nics, std::vector<std::string>{"eth0"});
  EXPECT_EQ(offer->certificate, std::string(64, 'a'));
  EXPECT_EQ(offer->total, seconds(12));
}

TEST(BenchMessage, TermsAsksAndAnswersSurviveARoundTrip) {
  const auto terms =
      read_bench_terms(terms_message({.library = "OpenSSL 3.5.0", .cpu = 7, .other_load = 31}));
  ASSERT_TRUE(terms) << terms.error().text;
  EXPECT_EQ(terms->library, "OpenSSL 3.5.0");
  EXPECT_EQ(terms->cpu, 7);
  EXPECT_EQ(terms->other_load, 31);
  EXPECT_EQ(std::get<TurnAsk>(*read_ask(ask_message(TurnAsk{3}))).row, 3U);
  EXPECT_EQ(
      std::get<LimitAsk>(*read_ask(ask_message(LimitAsk{BenchLimit::ChachaOpen, milliseconds(5)})))
          .time,
      milliseconds(5));
  const auto part = std::get<PartAsk>(*read_ask(ask_message(PartAsk{.bytes = 65536})));
  EXPECT_EQ(part.bytes, 65536U);
  EXPECT_FALSE(part.check);
  const auto event =
      std::get<BenchEvent>(*read_ask(ask_message(BenchEvent(bench_sample(2, 3, 9)))));
  EXPECT_EQ(std::get<BenchSample>(event).round, 3);
  EXPECT_TRUE(std::holds_alternative<Go>(*read_answer(answer_message(Go{}))));
  const auto arrived =
      std::get<Arrived>(*read_answer(answer_message(Arrived{{.cpu_us = 5, .thread_us = 4}})));
  EXPECT_EQ(arrived.cost.cpu_us, 5);
  EXPECT_EQ(arrived.cost.thread_us, 4);
  const auto limit = std::get<LimitSample>(
      *read_answer(answer_message(LimitSample{BenchLimit::AesOpen, 0, 10, 20})));
  EXPECT_EQ(limit.nanoseconds, 20);
  const auto failed = std::get<Error>(
      *read_answer(answer_message(Error{.fault = Fault::Unsupported, .text = "no", .hint = "h"})));
  EXPECT_EQ(failed.fault, Fault::Unsupported);
  EXPECT_EQ(failed.text, "no");
}

TEST(BenchMessage, AnotherVersionIsRefusedByItsNumber) {
  const auto offer =
      read_bench_offer(changed(offer_message(whole_offer()), "\"version\":1", "\"version\":2"));
  ASSERT_FALSE(offer);
  EXPECT_EQ(offer.error().fault, Fault::Refused);
  EXPECT_EQ(offer.error().text, "the other end's benchmark has version 2, this one 1");
  const auto answer = read_bench_terms(refusal_message(RunRefusal::Version));
  EXPECT_EQ(answer.error().fault, Fault::Refused);
  EXPECT_EQ(answer.error().text, "the other end refuses: its benchmark has another version");
  EXPECT_EQ(answer.error().hint, "use the same ktls-tuner at both ends");
}

TEST(BenchMessage, AProbeIsToldFromABenchmark) {
  const auto offer = read_bench_offer(offer_message(Offer{{CellKey{}}, 10}));
  ASSERT_FALSE(offer);
  EXPECT_EQ(offer.error().fault, Fault::Unsupported);
  EXPECT_THAT(offer.error().text, HasSubstr("asks for a probe"));
  const auto other = read_offer(offer_message(whole_offer()));
  EXPECT_EQ(other.error().fault, Fault::Unsupported);
  EXPECT_THAT(other.error().text, HasSubstr("asks for a benchmark"));
}

void expect_beyond(const BenchOffer& offer, std::string_view key) {
  const auto read = read_bench_offer(offer_message(offer));
  ASSERT_FALSE(read) << key;
  EXPECT_EQ(read.error().fault, Fault::Invalid) << key;
  EXPECT_THAT(read.error().text, HasSubstr(key));
}

// The listener works for the caller: time, rows and bytes have limits.
TEST(BenchMessage, AnOfferBeyondTheLimitsIsRefused) {
  BenchOffer offer = whole_offer();
  offer.total = kLongestWireBench + nanoseconds(1);
  expect_beyond(offer, "total_ns");
  offer = whole_offer();
  offer.start.variants.assign(kMostRows + 1, {});
  expect_beyond(offer, "variants");
  offer.start.variants.clear();
  expect_beyond(offer, "variants");
  offer = whole_offer();
  offer.start.rounds = kMostWireRounds + 1;
  expect_beyond(offer, "rounds");
  offer = whole_offer();
  offer.start.round_ns = nanoseconds(kLongestWireRound).count() + 1;
  expect_beyond(offer, "round_ns");
  offer = whole_offer();
  offer.start.content_bytes += 1;
  expect_beyond(offer, "bytes");
  offer = whole_offer();
  offer.certificate = "short";
  expect_beyond(offer, "certificate");
  offer = whole_offer();
  offer.start.wire.reset();
  expect_beyond(offer, "wire");
  offer = whole_offer();
  offer.start.cpus[1] = -1;
  expect_beyond(offer, "cpus");
}

TEST(BenchMessage, PartsAndLimitsAreLimited) {
  for (const PartAsk& part : {PartAsk{.bytes = 0}, PartAsk{.bytes = kMostPartBytes + 1},
                              PartAsk{.bytes = 5, .check = true}})
    EXPECT_THAT(read_ask(ask_message(part)).error().text, HasSubstr("beyond the limits"));
  for (const nanoseconds time : {nanoseconds(0), kLongestWireRound + nanoseconds(1)})
    EXPECT_FALSE(read_ask(ask_message(LimitAsk{BenchLimit::AesOpen, time})));
  // The receiver opens records and calls nothing of the kernel's ciphers.
  EXPECT_FALSE(read_ask(ask_message(LimitAsk{BenchLimit::KernelAes, milliseconds(1)})));
}

// A peer's text reaches a terminal and a document.
TEST(BenchMessage, HiddenCharactersAndUnknownWordsAreErrors) {
  const std::string sample = ask_message(BenchEvent(bench_sample(2, 3, 9, TlsPath::Kernel)));
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"(\"because\":\"\")", R"(\"because\":\"\\u001b[2J\")"},
           {R"(\"path\":\"kernel\")", R"(\"path\":\"sideways\")"},
           {R"(\"counters\":{})", R"(\"counters\":{\"no counter\":1})"},
           {R"(\"nic_counters\":{})", R"(\"nic_counters\":{\"a\\u202eb\":1})"},
           {R"(\"cpu_us\":1000000)", R"(\"cpu_us\":-1)"},
           {"\"event\"", "\"please\""}}) {
    const auto ask = read_ask(changed(sample, from, to));
    ASSERT_FALSE(ask) << to;
    EXPECT_EQ(ask.error().fault, Fault::Invalid);
    EXPECT_EQ(harmless(ask.error().text), ask.error().text) << to;
  }
  const auto terms = read_bench_terms(terms_message({.library = "Open\x1bSSL", .cpu = 1}));
  EXPECT_THAT(terms.error().text, HasSubstr("an invalid value"));
  for (const char* text : {"", "[]", "{}", R"({"say":1})", R"({"say":"event"})",
                           R"({"say":"event","line":"{}"})", R"({"say":"part","bytes":-1})"})
    EXPECT_FALSE(read_ask(text)) << text;
}

TEST(BenchMessage, AnAnswerOfAnotherKindThanItSaysIsAnError) {
  const std::string failed = answer_message(Error{.fault = Fault::Io, .text = "x"});
  EXPECT_TRUE(read_answer(failed));
  EXPECT_FALSE(read_answer(changed(failed, "\"failed\"", "\"limit\"")));
}

TEST(BenchMessage, APeerThatIsGoneIsSaidInOneWay) {
  for (const int reset : {EPIPE, ECONNRESET}) {
    const Error lost = lost_peer(errno_error(reset, "send to the other end"), "look there");
    EXPECT_EQ(lost.text, "the other end closed the connection");
    EXPECT_EQ(lost.hint, "look there");
  }
  const Error other = lost_peer({.fault = Fault::TimedOut, .text = "t", .hint = "h"}, "look there");
  EXPECT_EQ(other.text, "t");
  EXPECT_EQ(other.hint, "h");
}

// What this end says is within what the other end accepts, however long it is.
TEST(BenchMessage, ALongReasonOfThisEndIsCut) {
  BenchSample sample = bench_sample(2, 3, 9, TlsPath::Kernel);
  sample.evidence.because = std::string(5000, 'x') + "\n";
  EXPECT_FALSE(check_peer_event(sample));
  EXPECT_TRUE(read_ask(ask_message(BenchEvent(sample))));
  const BenchRefusal refusal{1,
                             {.fault = Fault::Io, .text = "a\tb", .hint = std::string(9000, 'h')}};
  EXPECT_TRUE(read_ask(ask_message(BenchEvent(refusal))));
  sample.evidence.path = PathFinding::unknown(std::string(5000, 'd'));
  EXPECT_TRUE(read_ask(ask_message(BenchEvent(sample))));
}

}  // namespace
}  // namespace tuner
