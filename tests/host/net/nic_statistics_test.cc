#include "host/net/nic_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <linux/ethtool.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <vector>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Names in the format of ETHTOOL_GSTRINGS: 32 bytes each.
std::vector<std::byte> names(const std::vector<std::string>& words) {
  std::vector<std::byte> bytes(words.size() * 32);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::memcpy(&bytes[i * 32], words[i].data(), std::min<std::size_t>(words[i].size(), 32));
  }
  return bytes;
}

TEST(NicStatistics, DecodesNamesAndValues) {
  const std::array<std::uint64_t, 2> values = {7, 1ULL << 40U};
  EXPECT_THAT(decode_statistics(names({"tx_tls_ctx", "rx_bytes"}), values),
              ElementsAre(Pair("rx_bytes", 1ULL << 40U), Pair("tx_tls_ctx", 7)));
}

// cxgb4: "tx_tls_ctx              "
TEST(NicStatistics, RemovesTrailingBlanksOfNames) {
  const std::array<std::uint64_t, 1> values = {3};
  EXPECT_THAT(decode_statistics(names({"tx_tls_ctx              "}), values),
              ElementsAre(Pair("tx_tls_ctx", 3)));
}

TEST(NicStatistics, ANameMayHave32BytesWithoutNul) {
  const std::string full(32, 'n');
  const std::array<std::uint64_t, 2> values = {1, 2};
  EXPECT_THAT(decode_statistics(names({full, "b"}), values),
              ElementsAre(Pair("b", 2), Pair(full, 1)));
}

TEST(NicStatistics, IgnoresNamesWithoutValuesAndValuesWithoutNames) {
  const std::array<std::uint64_t, 2> values = {1, 2};
  EXPECT_THAT(decode_statistics(names({"a"}), values), ElementsAre(Pair("a", 1)));
  EXPECT_THAT(decode_statistics(names({"a", "b", "c"}), values),
              ElementsAre(Pair("a", 1), Pair("b", 2)));
  auto cut = names({"a", "b"});
  cut.resize(40);
  EXPECT_THAT(decode_statistics(cut, values), ElementsAre(Pair("a", 1)));
  EXPECT_THAT(decode_statistics(names({"", "  "}), values), IsEmpty());
}

// A fake driver on an old or new kernel, with a hook that may change it before each call.
struct FakeDriver {
  std::vector<std::string> words;
  std::vector<std::uint64_t> numbers;
  bool truncates = false;  // Linux 6.19 and later: copies nothing if the count differs
  std::function<void(FakeDriver&, int)> before_call = [](FakeDriver&, int) {};
  int calls = 0;

  // As copy_to_user(): 0, or EFAULT if it hits a page that cannot be written.
  static int copied(void* where, const void* from, std::size_t size) {
    iovec source{const_cast<void*>(from), size};
    iovec target{where, size};
    const auto done = ::process_vm_readv(::getpid(), &target, 1, &source, 1, 0);
    return done == static_cast<ssize_t>(size) ? 0 : EFAULT;
  }

  template <typename Head>
  int answer(void* command, std::uint32_t Head::*count, const void* data, std::size_t one) {
    Head head;
    std::memcpy(&head, command, sizeof head);
    const auto own = static_cast<std::uint32_t>(words.size());
    head.*count = truncates && head.*count != own ? 0 : own;
    if (const int error = copied(command, &head, sizeof head); error != 0) return error;
    return copied(static_cast<char*>(command) + sizeof head, data, head.*count * one);
  }

  int operator()(void* command) {
    before_call(*this, ++calls);
    std::uint32_t which = 0;
    std::memcpy(&which, command, sizeof which);
    if (which == ETHTOOL_GSSET_INFO) {
      const auto own = static_cast<std::uint32_t>(words.size());
      return copied(static_cast<char*>(command) + sizeof(ethtool_sset_info), &own, sizeof own);
    }
    if (which == ETHTOOL_GSTRINGS)
      return answer(command, &ethtool_gstrings::len, names(words).data(), 32);
    return answer(command, &ethtool_stats::n_stats, numbers.data(), 8);
  }
};

FakeDriver two_counters() {
  return {.words = {"tx_tls_ctx", "rx_bytes"}, .numbers = {7, 9}};
}

void grow(FakeDriver& driver, std::size_t count) {
  driver.words.resize(count, "tx_more");
  driver.numbers.resize(count, 1);
}

TEST(ReadStatistics, ReadsAnUnchangedDriverInFourCalls) {
  FakeDriver driver = two_counters();
  const auto read = read_statistics(std::ref(driver), "look");
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_THAT(*read, ElementsAre(Pair("rx_bytes", 9), Pair("tx_tls_ctx", 7)));
  EXPECT_EQ(driver.calls, 4);
}

// The number of channels grew after the count was read: an old kernel copies all values.
TEST(ReadStatistics, AnOldKernelThatCopiesMoreOverwritesNothing) {
  for (const int when : {2, 3, 4}) {
    for (const bool truncates : {false, true}) {
      FakeDriver driver = two_counters();
      driver.truncates = truncates;
      driver.before_call = [when](FakeDriver& self, int call) {
        if (call == when) grow(self, 8000);
      };
      const auto read = read_statistics(std::ref(driver), "look");
      ASSERT_TRUE(read) << read.error().text;
      EXPECT_THAT(*read,
                  ElementsAre(Pair("rx_bytes", 9), Pair("tx_more", 7998), Pair("tx_tls_ctx", 7)))
          << when << truncates;
    }
  }
}

TEST(ReadStatistics, MoreThanTheLimitHitsTheGuardPage) {
  FakeDriver driver = two_counters();
  driver.before_call = [](FakeDriver& self, int call) {
    if (call == 3) grow(self, (1U << 18U) + 4096);
  };
  const auto read = read_statistics(std::ref(driver), "look");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().errno_value, EFAULT);
}

// The same number of other statistics: comparing the count is not enough.
TEST(ReadStatistics, ReadsAgainIfTheNamesChanged) {
  FakeDriver driver = two_counters();
  driver.before_call = [](FakeDriver& self, int call) {
    if (call != 3) return;
    self.words = {"rx_bytes", "tx_tls_ctx"};
    self.numbers = {9, 7};
  };
  const auto read = read_statistics(std::ref(driver), "look");
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_THAT(*read, ElementsAre(Pair("rx_bytes", 9), Pair("tx_tls_ctx", 7)));
}

TEST(ReadStatistics, ADriverThatAlwaysChangesIsBusy) {
  for (const bool truncates : {false, true}) {
    FakeDriver driver = two_counters();
    driver.truncates = truncates;
    driver.before_call = [](FakeDriver& self, int call) {
      grow(self, static_cast<std::size_t>(call) + 2);
    };
    const auto read = read_statistics(std::ref(driver), "look");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().fault, Fault::Busy);
    EXPECT_LE(driver.calls, 20);
  }
}

}  // namespace
}  // namespace tuner
