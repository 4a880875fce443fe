#include "profile/copy.h"

#include "profile/profile_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

const std::vector<std::string> kDirectories = {"/etc", "/usr"};

constexpr const char* kHead = "schema: ktls-tuner/profile/v1\nname: ";

// The copy of an applied local profile that extends the shipped one of its own name.
struct Applied {
  test::MapFiles files;
  ProfileCopy copy;

  Applied() {
    files.files["/usr/base.yaml"] =
        std::string(kHead) + "base\nsysctl: { net.core.somaxconn: 4001 }\n";
    files.files["/usr/edge.yaml"] = std::string(kHead) + "edge\nextends: [base]\n";
    files.files["/etc/edge.yaml"] =
        std::string(kHead) + "edge\nextends: [edge]\nsysctl: { net.core.rmem_max: 8000000 }\n";
    const RecordingFiles noted(files);
    const LoadedProfile loaded = load_profile(noted, "edge", kDirectories);
    EXPECT_TRUE(loaded.profile);
    copy = {.path = loaded.profile->lineage.back(),
            .digest = loaded.profile->digest,
            .directories = kDirectories};
    for (const std::string& path : loaded.profile->lineage)
      copy.files.emplace(path, noted.text(path));
  }
};

TEST(ProfileCopy, CanBeReadAgainWithAllAncestors) {
  Applied applied;
  EXPECT_THAT(applied.copy.files, ::testing::SizeIs(3));
  applied.files.files.clear();
  const LoadedProfile again = load_profile(applied.copy);
  ASSERT_TRUE(again.profile);
  EXPECT_EQ(again.profile->digest, applied.copy.digest);
  EXPECT_EQ(again.profile->lineage.back(), "/etc/edge.yaml");
}

TEST(ProfileCopy, IsInvalidWithoutAParent) {
  Applied applied;
  applied.copy.files.erase("/usr/base.yaml");
  EXPECT_FALSE(load_profile(applied.copy).profile);
}

TEST(ProfileCopy, HasNoTextOfAFileThatWasNotRead) {
  const test::MapFiles none;
  EXPECT_EQ(RecordingFiles(none).text("/etc/edge.yaml"), "");
}

}  // namespace
}  // namespace tuner
