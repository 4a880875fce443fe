#include "probe/handshake/wire.h"

#include "host/files/file_tree.h"
#include "probe/handshake/channel.h"
#include "probe/handshake/loopback.h"
#include "probe/handshake/wire_message.h"
#include "probe/report_json.h"
#include "probe/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <csignal>
#include <deque>
#include <filesystem>
#include <future>
#include <thread>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// The program ignores SIGPIPE too (probe/handshake/main.cc): write errors are return values.
[[maybe_unused]] const auto kBefore = std::signal(SIGPIPE, SIG_IGN);

constexpr std::string_view kToken = "0123456789abcdef";

WireOptions options(const HostPort& place, milliseconds limit) {
  return {.place = place,
          .addresses = {place},
          .token = std::string(kToken),
          .cells = usual_cells(),
          .bytes_each_way = 100'000,
          .deadline = std::chrono::steady_clock::now() + limit,
          .ask_ktls = false};
}

std::ptrdiff_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return std::distance(begin(files), end(files));
}

// A listener in a thread of its own. `place()` waits until it listens.
class Listener {
 public:
  explicit Listener(milliseconds limit, const char* address = "127.0.0.1") {
    auto listening = std::make_shared<std::promise<HostPort>>();
    place_ = listening->get_future();
    report_ = std::async(std::launch::async, [=] {
      const auto files = local_file_tree();
      return probe_listening(*files, read_kernel_tls(*files), options({address, 0}, limit),
                             std::move(*listen_on({address, 0})),
                             [=](const HostPort& place) { listening->set_value(place); });
    });
  }
  HostPort place() { return place_.get(); }
  Result<ProbeReport> report() { return report_.get(); }

 private:
  std::future<HostPort> place_;
  std::future<Result<ProbeReport>> report_;
};

Result<ProbeReport> call(const WireOptions& options) {
  const auto files = local_file_tree();
  return probe_calling(*files, read_kernel_tls(*files), options);
}

void expect_arrived(const ProbeCell& cell) {
  EXPECT_TRUE(cell.intact) << cell.because;
  EXPECT_EQ(cell.bytes, 200'000U);
  EXPECT_EQ(cell.tx, TlsPath::Userspace);
  EXPECT_EQ(cell.interface, "lo");
  ASSERT_TRUE(cell.client);
  EXPECT_EQ(cell.client->rx, TlsPath::Userspace);
  EXPECT_EQ(cell.client->interface, "lo");
  EXPECT_THAT(cell.because, HasSubstr("not requested"));
  EXPECT_THAT(cell.client->because, HasSubstr("not requested"));
  EXPECT_EQ(cell.cipher_suite, suite_name({cell.version, cell.cipher}));
}

void expect_all_arrived(const ProbeReport& report, const char* mode) {
  EXPECT_EQ(report.mode, mode);
  EXPECT_FALSE(report.own_namespace);
  ASSERT_EQ(report.cells.size(), 6U);
  for (const ProbeCell& cell : report.cells) expect_arrived(cell);
}

class Wire : public ::testing::TestWithParam<const char*> {};

TEST_P(Wire, BothEndsReportEveryCellAndTheOtherEnd) {
  if (!listen_on({GetParam(), 0})) GTEST_SKIP() << "this host does not have the address";
  const std::ptrdiff_t before = open_files();
  {
    Listener listener(seconds(30), GetParam());
    const auto calling = call(options(listener.place(), seconds(30)));
    const auto listening = listener.report();
    ASSERT_TRUE(calling) << calling.error().text;
    ASSERT_TRUE(listening) << listening.error().text;
    expect_all_arrived(*calling, "connect");
    expect_all_arrived(*listening, "listen");
    EXPECT_THAT(listening->peer, HasSubstr(GetParam()));
  }
  EXPECT_EQ(open_files(), before);
}

INSTANTIATE_TEST_SUITE_P(BothFamilies, Wire, ::testing::Values("127.0.0.1", "::1"),
                         [](const auto& address) {
                           return std::string(address.param) == "::1" ? "IPv6" : "IPv4";
                         });

// The listener still serves a caller, with every cell.
void expect_served(Listener& listener, const HostPort& place) {
  const auto calling = call(options(place, seconds(30)));
  ASSERT_TRUE(calling) << calling.error().text;
  expect_all_arrived(*calling, "connect");
  EXPECT_TRUE(listener.report());
}

TEST(WireListener, ACallerWithAnotherTokenIsNotServed) {
  Listener listener(milliseconds(1500));
  WireOptions wrong = options(listener.place(), seconds(5));
  wrong.token.back() = 'X';
  const auto calling = call(wrong);
  ASSERT_FALSE(calling);
  EXPECT_EQ(calling.error().fault, Fault::Refused);
  EXPECT_EQ(calling.error().text, "the listener refused the connection: the tokens differ");
  EXPECT_THAT(listener.report().error().text, HasSubstr("the tokens differ"));
}

TEST(WireListener, TheCallerIsServedAfterHostilePeers) {
  Listener listener(seconds(30));
  const HostPort place = listener.place();
  std::vector<UniqueFd> peers;
  for (int i = 0; i < 100; ++i) {
    auto peer = connect_to({place}, std::chrono::steady_clock::now() + seconds(2));
    ASSERT_TRUE(peer);
    if (i % 2 == 0) {
      static_cast<void>(send_all(peer->get(), std::string(4096, static_cast<char>(i)),
                                 std::chrono::steady_clock::now() + seconds(1)));
    }
    peers.push_back(std::move(*peer));
  }
  expect_served(listener, place);
}

// Other peers connect and disconnect all the time; each connection of the probe must get through.
TEST(WireListener, AFloodDuringTheProbeDoesNotEndIt) {
  Listener listener(seconds(60));
  const HostPort place = listener.place();
  std::jthread flood([&](const std::stop_token& stop) {
    std::deque<UniqueFd> open;
    while (!stop.stop_requested()) {
      auto peer = connect_to({place}, std::chrono::steady_clock::now() + milliseconds(200));
      if (peer) open.push_back(std::move(*peer));
      if (open.size() > 100) open.pop_front();
    }
  });
  const auto calling = call(options(place, seconds(60)));
  flood.request_stop();
  ASSERT_TRUE(calling) << calling.error().text;
  expect_all_arrived(*calling, "connect");
  EXPECT_TRUE(listener.report());
}

// ---- Authenticated peers that misbehave

struct BadCaller {
  Channel channel;
  std::string ticket_key;
  HostPort place;
};

BadCaller meet(const HostPort& place) {
  const auto soon = std::chrono::steady_clock::now() + seconds(5);
  auto socket = std::move(*connect_to({place}, soon));
  const auto nonces = authenticate_caller(socket.get(), kToken, soon);
  auto met = bind_caller(std::move(socket), *nonces, kToken, soon);
  return {std::move(met->channel), met->ticket_key, place};
}

Deadline soon() {
  return std::chrono::steady_clock::now() + seconds(5);
}

TEST(WireListener, ACallerThatDisconnectsLeavesFailedCells) {
  Listener listener(seconds(20));
  {
    BadCaller caller = meet(listener.place());
    ASSERT_TRUE(caller.channel.send(
        offer_message({.cells = {CellKey{}, CellKey{}}, .bytes_each_way = 10}), soon()));
    ASSERT_TRUE(caller.channel.receive(soon()));
  }
  const auto report = listener.report();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->cells.size(), 2U);
  EXPECT_EQ(report->cells[1].because, "the other end closed the connection");
  EXPECT_EQ(judge(*report, Profile{}).cells().at(1).result(), CellResult::Fail);
}

TEST(WireListener, AnOfferBeyondTheLimitsIsRefused) {
  Listener listener(seconds(20));
  BadCaller caller = meet(listener.place());
  ASSERT_TRUE(caller.channel.send(
      offer_message({.cells = {CellKey{}}, .bytes_each_way = kMostWireBytes + 1}), soon()));
  const auto answer = caller.channel.receive(soon());
  ASSERT_TRUE(answer);
  EXPECT_THAT(read_terms(*answer).error().text, HasSubstr("the other end refuses"));
  EXPECT_THAT(listener.report().error().text, HasSubstr("bytes each way"));
}

TEST(WireListener, AnUnexpectedCellEndsTheProbe) {
  Listener listener(seconds(20));
  BadCaller caller = meet(listener.place());
  ASSERT_TRUE(
      caller.channel.send(offer_message({.cells = {CellKey{}}, .bytes_each_way = 10}), soon()));
  ASSERT_TRUE(caller.channel.receive(soon()));
  ASSERT_TRUE(caller.channel.send(cell_message(5), soon()));
  const auto report = listener.report();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->cells.at(0).because, "the other end requested an unexpected cell");
}

// The caller presents the ticket, but then closes the connection or sends something else than TLS.
TEST(WireListener, AConnectionWithoutTlsFailsItsCell) {
  for (const std::string_view sent : {"", "this is no client hello"}) {
    Listener listener(seconds(20));
    BadCaller caller = meet(listener.place());
    ASSERT_TRUE(
        caller.channel.send(offer_message({.cells = {CellKey{}}, .bytes_each_way = 10}), soon()));
    ASSERT_TRUE(caller.channel.receive(soon()));
    ASSERT_TRUE(caller.channel.send(cell_message(0), soon()));
    const auto ticket = read_ready(*caller.channel.receive(soon()));
    ASSERT_TRUE(ticket);
    {
      const auto socket = connect_to({caller.place}, soon());
      ASSERT_TRUE(socket);
      const auto frame = encode_frame({FrameKind::Ticket, stamped(caller.ticket_key, *ticket)});
      ASSERT_TRUE(send_all(socket->get(), frame + std::string(sent), soon()));
      ::shutdown(socket->get(), SHUT_WR);
    }
    ASSERT_TRUE(caller.channel.send(report_message("{\"no\": \"cell\"}"), soon()));
    const auto report = listener.report();
    ASSERT_TRUE(report);
    const ProbeCell& cell = report->cells.at(0);
    EXPECT_EQ(judge(*report, Profile{}).cells().at(0).result(), CellResult::Fail);
    EXPECT_THAT(cell.because, HasSubstr("server handshake"));
    EXPECT_THAT(cell.because, HasSubstr("no report from the other end: the probe's report is "
                                        "malformed"));
  }
}

TEST(WireListener, AnInvalidValueInAReportEndsTheProbe) {
  Listener listener(seconds(20));
  BadCaller caller = meet(listener.place());
  ASSERT_TRUE(
      caller.channel.send(offer_message({.cells = {CellKey{}}, .bytes_each_way = 10}), soon()));
  ASSERT_TRUE(caller.channel.receive(soon()));
  ASSERT_TRUE(caller.channel.send(cell_message(0), soon()));
  ASSERT_TRUE(caller.channel.receive(soon()));
  // The caller sends its report instead of the expected connection, with an invented suite.
  ASSERT_TRUE(caller.channel.send(
      report_message(cell_to_json({.cipher_suite = "ROT13\x1b[2J", .because = "fine"})), soon()));
  const auto report = listener.report();
  ASSERT_TRUE(report);
  EXPECT_THAT(report->cells.at(0).because,
              HasSubstr("the other end's report has an invalid value under cipher_suite"));
}

// A relay between two ends with the same token, with a TLS session to each.
class Relay {
 public:
  explicit Relay(const HostPort& to) : socket_(std::move(*listen_on({"127.0.0.1", 0}))) {
    place_ = *local_place(socket_.get());
    thread_ = std::jthread([this, to] { run(to); });
  }
  HostPort place() const { return place_; }

 private:
  static void pass_on(int from, int to) {
    const auto frame = receive_frame(from, kLongestUnauthenticated, soon());
    if (frame) static_cast<void>(send_all(to, encode_frame(*frame), soon()));
  }

  void run(const HostPort& to) {
    UniqueFd near;
    while (!near) {
      near = UniqueFd(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    }
    UniqueFd far = std::move(*connect_to({to}, soon()));
    pass_on(near.get(), far.get());  // hello
    pass_on(far.get(), near.get());  // challenge
    pass_on(near.get(), far.get());  // proof
    pass_on(far.get(), near.get());  // welcome
    auto to_caller = SecureStream::accept(std::move(near), *make_identity(), soon());
    auto to_listener = SecureStream::connect(std::move(far), soon());
    if (!to_caller || !to_listener) return;
    const auto proof = to_caller->receive(kLongestUnauthenticated, soon());
    if (proof) static_cast<void>(to_listener->send(encode_frame(*proof), soon()));
    const auto answer = to_listener->receive(kLongestUnauthenticated, soon());
    if (answer) static_cast<void>(to_caller->send(encode_frame(*answer), soon()));
  }

  UniqueFd socket_;
  HostPort place_;
  std::jthread thread_;
};

TEST(WireListener, ARelayIsRejectedAndTheCallerIsServedAfterwards) {
  Listener listener(seconds(30));
  const HostPort place = listener.place();
  {
    const Relay relay(place);
    const auto through = call(options(relay.place(), seconds(10)));
    ASSERT_FALSE(through);
    EXPECT_EQ(through.error().fault, Fault::Refused);
    EXPECT_THAT(through.error().text, HasSubstr("a relay between the two ends terminates TLS"));
  }
  expect_served(listener, place);
}

TEST(WireListener, ARelayIsNamedIfThereIsNoOtherPeer) {
  Listener listener(milliseconds(1500));
  const Relay relay(listener.place());
  EXPECT_FALSE(call(options(relay.place(), seconds(5))));
  EXPECT_THAT(listener.report().error().text,
              HasSubstr("a relay between the two ends terminates TLS"));
}

// ---- Listeners that misbehave

// Sends the given text on every connection, and closes it if `closes`.
class BadListener {
 public:
  explicit BadListener(const std::string& says, bool closes = false)
      : socket_(std::move(*listen_on({"127.0.0.1", 0}))) {
    place_ = *local_place(socket_.get());
    thread_ = std::jthread([this, says, closes](const std::stop_token& stop) {
      std::vector<UniqueFd> kept;
      while (!stop.stop_requested()) {
        UniqueFd peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (peer) static_cast<void>(send_all(peer.get(), says, soon()));
        if (peer && !closes) kept.push_back(std::move(peer));
        std::this_thread::sleep_for(milliseconds(5));
      }
    });
  }
  HostPort place() const { return place_; }

 private:
  UniqueFd socket_;
  HostPort place_;
  std::jthread thread_;
};

TEST(WireCaller, GarbageSilenceAndAClosedPortEndInTimeWithAReason) {
  const BadListener garbage("HTTP/1.1 400 Bad Request\r\n");
  EXPECT_EQ(call(options(garbage.place(), seconds(5))).error().text,
            "the received data is not the probe's protocol");
  const BadListener silent("");
  const auto start = std::chrono::steady_clock::now();
  const auto nothing = call(options(silent.place(), seconds(2)));
  EXPECT_EQ(nothing.error().fault, Fault::TimedOut);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(8));
  const BadListener closing("", /*closes=*/true);
  const auto closed_on = call(options(closing.place(), seconds(3)));
  EXPECT_EQ(closed_on.error().fault, Fault::Io);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(15));
  HostPort closed;
  {
    const auto socket = listen_on({"127.0.0.1", 0});
    closed = *local_place(socket->get());
  }
  EXPECT_THAT(call(options(closed, seconds(5))).error().text, HasSubstr("Connection refused"));
  EXPECT_THAT(addresses_of({"no-such-host.invalid", 1}).error().text,
              HasSubstr("the address of no-such-host.invalid"));
}

}  // namespace
}  // namespace tuner
