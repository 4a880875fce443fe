#include "cli/steps/wire_probe.h"

#include <gtest/gtest.h>

#include <string>

namespace tuner {
namespace {

constexpr const char* kToken = "ktls_0123456789abcdef0123456789abcdef3669";
const HostPort kPeer{.host = "peer", .port = 4433};
const HostPort kHere{.host = "::1", .port = 0};

std::string error_of(const Options& options, const char* variable = nullptr) {
  const auto task = probe_task(options, variable);
  return task ? std::string() : task.error().text;
}

// The task of options that are expected to make one of this kind.
template <typename T>
T task_of(const Options& options, const char* variable = nullptr) {
  const auto task = probe_task(options, variable);
  EXPECT_TRUE(task.has_value()) << task.error().text;
  EXPECT_TRUE(std::holds_alternative<T>(*task));
  return std::get<T>(*task);
}

TEST(ProbeTask, WithoutAnEndIsOverLoopbackWhateverTheVariableHolds) {
  Options options;
  EXPECT_EQ(task_of<LoopbackProbe>(options, "no token").bytes_each_way, std::nullopt);
  options.bytes = 5000;
  EXPECT_EQ(task_of<LoopbackProbe>(options).bytes_each_way, 5000U);
}

TEST(ProbeTask, ThoroughIsForLoopbackAlone) {
  Options options;
  EXPECT_FALSE(task_of<LoopbackProbe>(options).thorough);
  options.thorough = true;
  EXPECT_TRUE(task_of<LoopbackProbe>(options).thorough);
  Options listening = options;
  listening.listen = kHere;
  Options calling = options;
  calling.connect = kPeer;
  Options making = options;
  making.new_token = "new";
  for (const Options& other : {listening, calling, making})
    EXPECT_EQ(error_of(other, kToken), "--thorough is for the probe over loopback");
}

TEST(ProbeTask, AListenerWithoutATokenShowsANewOne) {
  Options options;
  options.listen = kHere;
  const auto probe = task_of<WireProbe>(options);
  EXPECT_EQ(std::get<ListenOn>(probe.end).place, kHere);
  EXPECT_TRUE(std::holds_alternative<ShownToken>(probe.token));
  EXPECT_EQ(probe.bytes_each_way, std::nullopt);
}

TEST(ProbeTask, TheCallerTakesTheFileBeforeTheVariable) {
  Options options;
  options.connect = kPeer;
  options.bytes = 1;
  const auto given = task_of<WireProbe>(options, kToken);
  EXPECT_EQ(std::get<ConnectTo>(given.end).peer, kPeer);
  EXPECT_EQ(std::get<GivenToken>(given.token).token, kToken);
  EXPECT_EQ(given.bytes_each_way, 1U);
  options.token_file = "secret";
  EXPECT_EQ(std::get<TokenFile>(task_of<WireProbe>(options, kToken).token).path, "secret");
  EXPECT_EQ(std::get<TokenFile>(task_of<WireProbe>(options, "no token").token).path, "secret");
}

TEST(ProbeTask, ANewTokenIsForTheListenerOrForNothingElse) {
  Options options;
  options.new_token = "new";
  EXPECT_EQ(task_of<NewTokenFile>(options).path, "new");
  options.listen = kHere;
  EXPECT_EQ(std::get<NewTokenFile>(task_of<WireProbe>(options).token).path, "new");
  const std::string refused = "--new-token is for the listening end, without another token";
  EXPECT_EQ(error_of(options, kToken), refused);
  options.token_file = "other";
  EXPECT_EQ(error_of(options), refused);
  options.token_file.clear();
  options.listen.reset();
  options.connect = kPeer;
  EXPECT_EQ(error_of(options), refused);
}

TEST(ProbeTask, RefusesWhatContradicts) {
  Options both;
  both.listen = kHere;
  both.connect = kPeer;
  EXPECT_EQ(error_of(both, kToken), "--listen and --connect are the two ends of one probe");
  Options bytes;
  bytes.listen = kHere;
  bytes.bytes = 5;
  EXPECT_EQ(error_of(bytes), "--bytes is for the connecting end, which offers the size");
  Options file;
  file.token_file = "secret";
  EXPECT_EQ(error_of(file), "--token-file is for a probe across the wire");
  Options caller;
  caller.connect = kPeer;
  EXPECT_EQ(error_of(caller), "--connect needs the listener's token");
}

TEST(ProbeTask, AnInvalidTokenInTheVariableIsNamedByIt) {
  Options options;
  options.connect = kPeer;
  std::string mistyped = kToken;
  mistyped.back() = '8';
  EXPECT_TRUE(error_of(options, mistyped.c_str()).starts_with("KTLS_TUNER_TOKEN: "));
  EXPECT_NE(error_of(options, ""), "");
}

}  // namespace
}  // namespace tuner
