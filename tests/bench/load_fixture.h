// What the tests of the benchmark's helper have in common: this machine, without kernel TLS.
#pragma once

#include "bench/load/transfer.h"
#include "bench/variant.h"
#include "host/process/become.h"

#include <gtest/gtest.h>

#include <signal.h>

#include <array>
#include <chrono>

namespace tuner {

// Both ends have a CPU of their own where this process may use two. What is not done after a
// minute fails.
class LoadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);  // as the helper: write errors are return values
    auto content = make_content();
    auto identity = make_identity();
    const auto cpus = current_cpus();
    ASSERT_TRUE(content && identity && cpus);
    content_ = std::move(*content);
    identity_ = std::move(*identity);
    cpus_ = {cpus->first(), cpus->last()};
  }

  static BenchVariant variant_of(BenchMode mode, TlsVersion version = TlsVersion::Tls13) {
    if (!is_tls(mode)) return {.mode = mode};
    return {mode, version, TlsCipher::Aes128Gcm};
  }

  LoadContent content_;
  Identity identity_;
  std::array<int, 2> cpus_{};
  const std::chrono::steady_clock::time_point deadline_ =
      std::chrono::steady_clock::now() + std::chrono::seconds(60);
};

}  // namespace tuner
