// Both ends of a benchmark across the wire in one process, and ends that lie.
#include "bench/bench_reader.h"
#include "bench/load/bench_message.h"
#include "bench/load/wire_receiver.h"
#include "bench/load/wire_sender.h"
#include "host/files/file_tree.h"
#include "host/process/become.h"
#include "probe/handshake/meeting.h"
#include "probe/handshake/wire_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <thread>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// As the helper: write errors are return values.
[[maybe_unused]] const auto kBefore = std::signal(SIGPIPE, SIG_IGN);

constexpr std::string_view kToken = "0123456789abcdef";

Deadline soon() {
  return std::chrono::steady_clock::now() + seconds(10);
}

MeasureOptions options(seconds total) {
  const auto cpus = current_cpus();
  return {.cpus = {cpus->first(), cpus->last()}, .total = total};
}

// What the tuner reads of an end's events.
class Events {
 public:
  Emit emit() {
    return [this](const BenchEvent& event) {
      const auto taken = reader_.take(bench_line(event));
      EXPECT_TRUE(taken) << taken.error().text;
    };
  }
  const BenchReport& report() const { return reader_.report(); }
  bool ended() const { return reader_.ended(); }

 private:
  BenchReader reader_;
};

// The listening end, in a thread of its own.
class Receiving {
 public:
  explicit Receiving(seconds wait = seconds(30)) {
    auto socket = listen_on({"127.0.0.1", 0});
    EXPECT_TRUE(socket);
    place_ = *local_place(socket->get());
    WireLoad wire{.listens = true,
                  .place = place_,
                  .token = std::string(kToken),
                  .listening = std::move(*socket)};
    thread_ = std::jthread([this, wait, own = std::make_shared<WireLoad>(std::move(wire))] {
      const auto files = local_file_tree();
      receive_across_wire(
          *files, options(wait), std::move(*own), [](const HostPort&) {}, events_.emit());
    });
  }
  HostPort place() const { return place_; }
  // Waits for its end.
  const BenchReport& report() {
    thread_.join();
    EXPECT_TRUE(events_.ended());
    return events_.report();
  }

 private:
  HostPort place_;
  Events events_;
  std::jthread thread_;
};

BenchReport send_to(const HostPort& place, seconds total = seconds(1)) {
  const auto files = local_file_tree();
  KernelTls kernel = read_kernel_tls(*files);
  kernel.tls_loaded = false;  // the rows of user space alone, on any machine
  const WireLoad wire{.place = place, .token = std::string(kToken), .addresses = {place}};
  Events events;
  measure_across_wire(*files, kernel, options(total), wire, events.emit());
  EXPECT_TRUE(events.ended());
  return events.report();
}

void expect_measured(const BenchReport& report) {
  EXPECT_FALSE(report.error) << report.error->text;
  EXPECT_TRUE(report.ending == BenchEnding::Complete || report.ending == BenchEnding::OutOfTime);
  std::size_t refused = 0;
  for (const BenchRefusal& refusal : report.refusals) {
    EXPECT_TRUE(asks_kernel(report.start.variants[refusal.variant].mode));
    EXPECT_EQ(refusal.error.fault, Fault::Unsupported) << refusal.error.text;
    ++refused;
  }
  EXPECT_EQ(refused, 4U);
  ASSERT_GE(report.samples.size(), 4U);
  for (const BenchSample& sample : report.samples) {
    EXPECT_EQ(sample.bytes % kCallBytes, 0U);
    EXPECT_EQ(sample.checked_bytes, kCheckedBytes);
    EXPECT_GT(sample.nanoseconds, 0);
    const bool tls = is_tls(report.start.variants[sample.variant].mode);
    EXPECT_TRUE(sample.evidence.path == (tls ? TlsPath::Userspace : TlsPath::Failed))
        << sample.evidence.path.doubt();
  }
}

TEST(WireRun, BothEndsHaveTheWholeResult) {
  Receiving receiving;
  const BenchReport sent = send_to(receiving.place());
  const BenchReport& received = receiving.report();
  expect_measured(sent);
  expect_measured(received);
  ASSERT_EQ(sent.samples.size(), received.samples.size());
  for (std::size_t i = 0; i < sent.samples.size(); ++i) {
    EXPECT_EQ(sent.samples[i].bytes, received.samples[i].bytes);
    EXPECT_EQ(sent.samples[i].cost[1].thread_us, received.samples[i].cost[1].thread_us);
  }
  EXPECT_EQ(sent.limits.size(), received.limits.size());
  // Of the receiver's CPU, which opens records.
  EXPECT_TRUE(std::ranges::any_of(
      sent.limits, [](const LimitSample& one) { return one.limit == BenchLimit::AesOpen; }));
  ASSERT_TRUE(sent.start.wire && received.start.wire);
  EXPECT_EQ(sent.start.wire->end, BenchEnd::Sender);
  EXPECT_EQ(received.start.wire->end, BenchEnd::Receiver);
  EXPECT_EQ(sent.start.wire->interface, "lo");
  EXPECT_EQ(received.start.wire->interface, "lo");
  EXPECT_EQ(sent.start.wire->peer, to_text(receiving.place()));
  EXPECT_THAT(received.start.wire->peer, HasSubstr("127.0.0.1:"));
  EXPECT_EQ(sent.start.cpus, received.start.cpus);
  EXPECT_EQ(sent.start.cpus[1], options(seconds(1)).cpus[1]);
}

TEST(WireRun, NoPeerEndsInTimeWithTheNextStep) {
  Receiving receiving(seconds(1));
  const BenchReport& report = receiving.report();
  EXPECT_EQ(report.error->fault, Fault::TimedOut);
  EXPECT_THAT(report.error->hint, HasSubstr("ktls-tuner bench --connect"));
}

TEST(WireRun, NoListenerIsSaidWithTheNextStep) {
  HostPort closed;
  {
    const auto socket = listen_on({"127.0.0.1", 0});
    closed = *local_place(socket->get());
  }
  const BenchReport report = send_to(closed);
  EXPECT_THAT(report.error->text, HasSubstr("Connection refused"));
  EXPECT_THAT(report.error->hint, HasSubstr("bench --listen"));
}

// ---- Callers that misbehave

ControlConnection meet(const HostPort& place) {
  return std::move(*meet_listener({place}, std::string(kToken), soon()));
}

BenchOffer an_offer(std::vector<BenchVariant> variants = {{.mode = BenchMode::Plain}}) {
  return {.start = {.library = "OpenSSL",
                    .variants = std::move(variants),
                    .content_bytes = kContentBytes,
                    .call_bytes = kCallBytes,
                    .rounds = 2,
                    .round_ns = 1'000'000,
                    .wire = BenchWire{}},
          .certificate = std::string(64, '0'),
          .total = seconds(5)};
}

void say_to(ControlConnection& control, const std::string& message) {
  ASSERT_TRUE(control.channel.send(message, soon()));
}

ControlConnection agreed(const HostPort& place, const BenchOffer& offer = an_offer()) {
  ControlConnection control = meet(place);
  say_to(control, offer_message(offer));
  EXPECT_TRUE(read_bench_terms(*control.channel.receive(soon())));
  return control;
}

// The answer that a caller gets to its first message, and the listener's error.
void expect_refused(const std::string& message, std::string_view told, std::string_view said) {
  Receiving receiving;
  ControlConnection control = meet(receiving.place());
  say_to(control, message);
  EXPECT_THAT(read_bench_terms(*control.channel.receive(soon())).error().text, HasSubstr(told));
  const BenchReport& report = receiving.report();
  ASSERT_TRUE(report.error);
  EXPECT_THAT(report.error->text, HasSubstr(said));
  EXPECT_FALSE(report.error->hint.empty()) << said;
}

TEST(WireRun, WhatIsNotAgreedOnIsRefusedWithTheReason) {
  std::string other_version = offer_message(an_offer());
  other_version.replace(other_version.find("\"version\":1"), 11, "\"version\":9");
  expect_refused(other_version, "its benchmark has another version", "has version 9");
  expect_refused(offer_message(Offer{{CellKey{}}, 10}), "it was started for another verb",
                 "asks for a probe");
  BenchOffer endless = an_offer();
  endless.total = seconds(3601);
  expect_refused(offer_message(endless), "exceeds its limits", "beyond the limits");
}

// A run that ends with this error, after the start.
void expect_ends(const std::function<void(ControlConnection& control)>& lie,
                 std::string_view said) {
  Receiving receiving;
  {
    ControlConnection control = agreed(receiving.place());
    lie(control);
  }
  const BenchReport& report = receiving.report();
  EXPECT_EQ(report.ending, BenchEnding::Failed);
  ASSERT_TRUE(report.error) << said;
  EXPECT_THAT(report.error->text, HasSubstr(said));
  EXPECT_FALSE(report.error->hint.empty()) << said;
}

TEST(WireRun, ACallerThatLiesEndsTheRunWithAReason) {
  expect_ends([](auto&) {}, "the other end closed the connection");
  expect_ends([](auto& control) { say_to(control, ask_message(TurnAsk{1})); },
              "asks for a row that there is not");
  expect_ends([](auto& control) { say_to(control, ask_message(PartAsk{.bytes = kCallBytes})); },
              "asks for bytes without a row");
  expect_ends(
      [](auto& control) {
        say_to(control, ask_message(BenchEvent(LimitSample{BenchLimit::AesSeal, 7, 1, 1})));
      },
      "reports what was not agreed on");
  expect_ends([](auto& control) { say_to(control, "no message"); }, "malformed");
  expect_ends(
      [](auto& control) {
        for (int i = 0; i < 100; ++i) {
          const LimitSample limit{BenchLimit::AesSeal, 0, 1, 1};
          if (!control.channel.send(ask_message(BenchEvent(limit)), soon())) return;
        }
      },
      "asks for more than was agreed on");
  expect_ends(
      [](auto& control) {
        const Error error{.fault = Fault::Io, .text = "the disk is on fire", .hint = "run"};
        say_to(control, ask_message(BenchEvent(error)));
      },
      "the other end failed: the disk is on fire");
}

// It reports a measurement, and no byte of it has arrived.
TEST(WireRun, BytesThatDidNotArriveAreNotReported) {
  expect_ends(
      [](auto& control) {
        say_to(control, ask_message(TurnAsk{0}));
        const auto socket = make_connection(control, soon());
        ASSERT_TRUE(socket);
        const BenchSample sample{.bytes = 1'000'000, .nanoseconds = 1};
        say_to(control, ask_message(BenchEvent(sample)));
      },
      "reports bytes that did not arrive");
}

// More, fewer or other bytes than it announced: the row fails, and the caller is told why.
void expect_row_fails(const std::string& bytes, const PartAsk& part, std::string_view why) {
  Receiving receiving;
  ControlConnection control = agreed(receiving.place());
  say_to(control, ask_message(TurnAsk{0}));
  auto socket = make_connection(control, soon());
  ASSERT_TRUE(socket);
  say_to(control, ask_message(part));
  EXPECT_TRUE(std::holds_alternative<Go>(*read_answer(*control.channel.receive(soon()))));
  ASSERT_TRUE(send_all(socket->get(), bytes, soon()));
  socket->reset();
  const auto answer = read_answer(*control.channel.receive(soon()));
  ASSERT_TRUE(answer);
  ASSERT_TRUE(std::holds_alternative<Error>(*answer));
  EXPECT_THAT(std::get<Error>(*answer).text, HasSubstr(why));
  say_to(control,
         ask_message(BenchEvent(BenchRefusal{0, {.fault = Fault::Io, .text = "it lied"}})));
  say_to(control, ask_message(BenchEvent(BenchDone{})));
  const BenchReport& report = receiving.report();
  EXPECT_FALSE(report.error);
  ASSERT_EQ(report.refusals.size(), 1U);
  EXPECT_EQ(report.refusals[0].error.text, "it lied");
}

TEST(WireRun, ARowWithOtherBytesThanAnnouncedFailsAlone) {
  expect_row_fails("few", {.bytes = kCallBytes}, "ended the connection");
  expect_row_fails(std::string(kCallBytes, 'x'), {.bytes = 10}, "more bytes arrived");
  expect_row_fails(std::string(kCallBytes, 'x'), {.bytes = kCheckedBytes, .check = true},
                   "what arrived is not what was sent");
}

// Something else than the expected sender presents the ticket: TLS shows another certificate.
TEST(WireRun, AnotherCertificateFailsTheRow) {
  Receiving receiving;
  const BenchVariant variant{BenchMode::Tls, TlsVersion::Tls13, TlsCipher::Aes128Gcm};
  ControlConnection control = agreed(receiving.place(), an_offer({variant}));
  say_to(control, ask_message(TurnAsk{0}));
  const auto socket = make_connection(control, soon());
  ASSERT_TRUE(socket);
  auto end = sending_end(variant, *make_identity(), socket->get(), /*ask_ktls=*/false);
  ASSERT_TRUE(end && end->accept());
  say_to(control, ask_message(PartAsk{.bytes = kCallBytes}));
  const auto answer = read_answer(*control.channel.receive(soon()));
  EXPECT_THAT(std::get<Error>(*answer).text, HasSubstr("certificate is not the expected one"));
  say_to(control, ask_message(BenchEvent(BenchDone{})));
  receiving.report();
}

// ---- Listeners that misbehave

// Authenticates, and then does this.
class BadReceiver {
 public:
  using Lie = std::function<void(Acceptor& acceptor, ControlConnection& control)>;
  explicit BadReceiver(Lie lie) {
    auto socket = listen_on({"127.0.0.1", 0});
    EXPECT_TRUE(socket);
    place_ = *local_place(socket->get());
    thread_ =
        std::jthread([lie = std::move(lie), fd = std::make_shared<UniqueFd>(std::move(*socket))] {
          Acceptor acceptor(std::move(*fd), std::string(kToken));
          const auto identity = make_identity();
          auto control = await_peer(acceptor, kToken, *identity, soon());
          if (control && control->channel.receive(soon())) lie(acceptor, *control);
        });
  }
  HostPort place() const { return place_; }

 private:
  HostPort place_;
  std::jthread thread_;
};

void accept_offer(ControlConnection& control) {
  say_to(control, terms_message({.library = "OpenSSL", .cpu = 0, .other_load = 0}));
}

// Serves limits as asked; the first turn is the caller's.
void until_turn(ControlConnection& control) {
  while (true) {
    const auto message = control.channel.receive(soon());
    if (!message) return;
    const auto ask = read_ask(*message);
    if (!ask || std::holds_alternative<TurnAsk>(*ask)) return;
    if (std::holds_alternative<LimitAsk>(*ask))
      say_to(control, answer_message(LimitSample{BenchLimit::AesOpen, 0, 1000, 1000}));
  }
}

void expect_caller_ends(const BadReceiver::Lie& lie, std::string_view said) {
  const BadReceiver receiver(lie);
  const auto start = std::chrono::steady_clock::now();
  const BenchReport report = send_to(receiver.place());
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(15)) << said;
  EXPECT_EQ(report.ending, BenchEnding::Failed);
  ASSERT_TRUE(report.error) << said;
  EXPECT_THAT(report.error->text, HasSubstr(said));
  EXPECT_FALSE(report.error->hint.empty()) << said;
}

TEST(WireRun, AListenerThatLiesEndsTheRunWithAReason) {
  expect_caller_ends([](auto&, auto& control) { say_to(control, "{\"say\":\"accepted\"}"); },
                     "malformed");
  expect_caller_ends(
      [](auto&, auto& control) {
        accept_offer(control);
        until_turn(control);
      },
      "the other end closed the connection");
  expect_caller_ends(
      [](auto&, auto& control) {
        accept_offer(control);
        until_turn(control);
        say_to(control, answer_message(Go{}));
      },
      "malformed");
  expect_caller_ends(
      [](auto& acceptor, auto& control) {
        accept_offer(control);
        until_turn(control);
        const auto socket = await_connection(acceptor, control, soon());
        static_cast<void>(control.channel.receive(soon()));
        say_to(control, answer_message(Arrived{}));
        static_cast<void>(control.channel.receive(soon()));
      },
      "an answer that was not asked for");
}

// A CPU cannot have been busy for an hour in a second.
TEST(WireRun, AnImpossibleCpuTimeEndsTheRun) {
  expect_caller_ends(
      [](auto& acceptor, auto& control) {
        accept_offer(control);
        until_turn(control);
        auto socket = await_connection(acceptor, control, soon());
        ASSERT_TRUE(socket);
        static_cast<void>(control.channel.receive(soon()));
        say_to(control, answer_message(Go{}));
        std::array<char, 65536> bytes{};
        for (std::size_t left = 16 * kCallBytes; left > 0;) {
          const ssize_t size = ::recv(socket->get(), bytes.data(), bytes.size(), 0);
          if (size <= 0) return;
          left -= static_cast<std::size_t>(size);
        }
        say_to(control, answer_message(Arrived{{.cpu_us = 3'600'000'000, .thread_us = 0}}));
        static_cast<void>(control.channel.receive(soon()));
      },
      "more CPU time than the time that passed");
}

// What it could not do is the reason of the row, and the others are measured.
TEST(WireRun, ARowThatTheOtherEndCannotDoHasItsReason) {
  const BadReceiver receiver([](auto& acceptor, auto& control) {
    accept_offer(control);
    until_turn(control);
    const auto socket = await_connection(acceptor, control, soon());
    static_cast<void>(control.channel.receive(soon()));
    say_to(control,
           answer_message(Error{.fault = Fault::Io, .text = "no memory", .hint = "buy some"}));
    static_cast<void>(control.channel.receive(soon()));
  });
  const BenchReport report = send_to(receiver.place());
  ASSERT_FALSE(report.refusals.empty());
  EXPECT_THAT(report.refusals.back().error.text, HasSubstr("at the other end: no memory"));
}

bool waits_for_acknowledgements(int socket) {
  int nodelay = 0;
  socklen_t size = sizeof nodelay;
  EXPECT_EQ(::getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &nodelay, &size), 0);
  return nodelay == 0;
}

// "arrived" behind "go": Nagle's algorithm and a delayed acknowledgement would add 40 ms to a part.
TEST(WireRun, NeitherEndOfTheControlConnectionWaitsForAcknowledgements) {
  std::promise<bool> listener;
  const BadReceiver receiver([&](auto&, auto& control) {
    listener.set_value(waits_for_acknowledgements(control.channel.socket()));
  });
  ControlConnection control = meet(receiver.place());
  EXPECT_FALSE(waits_for_acknowledgements(control.channel.socket()));
  say_to(control, "anything");
  EXPECT_FALSE(listener.get_future().get());
}

TEST(WireRun, TheCpuIsThatOfTheNicOfTheRoute) {
  const WireLoad wire{.cpu_by_nic = {{"eth0", 3}, {"bond0", 5}}};
  EXPECT_EQ(cpu_near(wire, "bond0", {"eth1", "eth0"}, 7), 3);
  EXPECT_EQ(cpu_near(wire, "bond0", {"eth1"}, 7), 5);
  EXPECT_EQ(cpu_near(wire, "eth2", {"eth2"}, 7), 7);
  EXPECT_EQ(cpu_near(wire, "", {}, 7), 7);
}

}  // namespace
}  // namespace tuner
