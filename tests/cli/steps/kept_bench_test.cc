#include "cli/steps/kept_bench.h"

#include "support/fake_state_store.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeStateStore;
using testing::WriteFuse;

constexpr const char* kLast = "/f/bench.json";
constexpr const char* kOlder = "/f/bench.1.json";

TEST(KeptBench, TheFolderIsRootsOrTheUsersOwn) {
  EXPECT_EQ(bench_folder(true, "/x", "/home/u"), "/var/lib/ktls-tuner/reports");
  EXPECT_EQ(bench_folder(false, "/x", "/home/u"), "/x/ktls-tuner");
  EXPECT_EQ(bench_folder(false, "x", "/home/u"), "/home/u/.local/state/ktls-tuner");
  EXPECT_EQ(bench_folder(false, "", "~"), "");
}

TEST(KeptBench, TheLastTwoAreKept) {
  FakeStateStore store;
  for (const char* text : {"1", "2", "3"}) {
    const auto kept = keep_bench(store, "/f", text);
    ASSERT_TRUE(kept);
    EXPECT_EQ(*kept, kLast);
  }
  EXPECT_EQ(store.files, (std::map<std::string, std::string>{{kLast, "3"}, {kOlder, "2"}}));
  const auto paths = kept_benches("/f");
  ASSERT_TRUE(paths);
  EXPECT_EQ((*paths)[0], kOlder);
  EXPECT_EQ((*paths)[1], kLast);
}

TEST(KeptBench, AUserWithoutAFolderIsTold) {
  FakeStateStore store;
  const auto kept = keep_bench(store, "", "1");
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().hint, "set HOME or XDG_STATE_HOME");
  EXPECT_TRUE(store.files.empty());
}

// A disk that is full at any of the three writes: the last two results are there, by some name.
TEST(KeptBench, AFullDiskLosesNoOlderResult) {
  for (int write = 0; write < 3; ++write) {
    auto fuse = std::make_shared<WriteFuse>();
    FakeStateStore store(fuse);
    store.files = {{kLast, "2"}, {kOlder, "1"}};
    fuse->start_guard(WriteFuse::Kind::ErrorOnce, write);
    EXPECT_FALSE(keep_bench(store, "/f", "3")) << write;
    bool has_last = false;
    for (const auto& [path, text] : store.files) has_last = has_last || text == "2";
    EXPECT_TRUE(has_last) << write;
    if (write == 0) {
      EXPECT_EQ(store.files.at(kOlder), "1");
      EXPECT_EQ(store.files.at(kLast), "2");
    }
  }
}

}  // namespace
}  // namespace tuner
