#include "cli/steps/wire_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

namespace tuner {
namespace {

constexpr const char* kBenchToken = "ktls_0123456789abcdef0123456789abcdef3669";

// What is wrong with the options; empty: nothing.
std::string refusal_of(const Options& options, const char* variable = nullptr) {
  const auto end = wire_bench(options, variable);
  return end ? std::string() : end.error().text;
}

Options sending() {
  Options options;
  options.connect = HostPort{.host = "peer", .port = 4433};
  return options;
}

Options receiving() {
  Options options;
  options.listen = HostPort{.host = "::1", .port = 0};
  return options;
}

TEST(WireBench, WithoutAnEndItIsOverLoopback) {
  const auto end = wire_bench(Options(), kBenchToken);
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

TEST(WireBench, TheEndThatConnectsNeedsTheListenersToken) {
  EXPECT_EQ(refusal_of(sending()), "--connect needs the listener's token");
  const auto end = wire_bench(sending(), kBenchToken);
  ASSERT_TRUE(end && *end);
  EXPECT_EQ(std::get<ConnectTo>((*end)->end).peer.host, "peer");
  EXPECT_EQ(std::get<GivenToken>((*end)->token).token, kBenchToken);
}

TEST(WireBench, TheListenerMayShowANewToken) {
  const auto end = wire_bench(receiving(), nullptr);
  ASSERT_TRUE(end && *end);
  EXPECT_EQ(std::get<ListenOn>((*end)->end).place.host, "::1");
  EXPECT_TRUE(std::holds_alternative<ShownToken>((*end)->token));
}

TEST(WireBench, OptionsThatContradictEachOtherAreRefused) {
  Options both = sending();
  both.listen = receiving().listen;
  EXPECT_EQ(refusal_of(both, kBenchToken),
            "--listen and --connect are the two ends of one benchmark");
  Options timed = receiving();
  timed.duration = std::chrono::seconds(20);
  EXPECT_EQ(refusal_of(timed, kBenchToken),
            "--duration and --quick are for the connecting end, which decides");
  Options token;
  token.token_file = "file";
  EXPECT_EQ(refusal_of(token), "--token-file is for a benchmark between two hosts");
  Options made;
  made.new_token = "file";
  EXPECT_EQ(refusal_of(made), "--new-token is for the listening end");
  Options waiting;
  waiting.timeout = std::chrono::seconds(5);
  EXPECT_EQ(refusal_of(waiting), "--timeout is for --listen, which waits for its peer");
  EXPECT_EQ(refusal_of(sending(), "no token"),
            "KTLS_TUNER_TOKEN: the token was not made by ktls-tuner: its tokens begin with ktls_");
}

}  // namespace
}  // namespace tuner
