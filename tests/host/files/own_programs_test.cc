#include "host/files/own_programs.h"

#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempFolder;

constexpr uid_t kBuilder = 65533;
constexpr uid_t kOtherUser = 65534;

TEST(OwnPrograms, AreFoundBesideThisProgramAndNotFoundNamesTheFolders) {
  EXPECT_TRUE(find_own_program("irqbalance-policy", "the test"));
  const OwnProgramsOverride nowhere("/nowhere");
  const auto found = find_own_program("helper", "the test");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::NotFound);
  EXPECT_EQ(found.error().text, "the test needs helper, which is not in /nowhere");
}

TEST(OwnPrograms, RootIgnoresTheFolderFromTheEnvironment) {
  EXPECT_THAT(own_program_folders("/usr/sbin/ktls-tuner", "/tmp/mine", false),
              ElementsAre("/tmp/mine"));
  for (const char* named : {static_cast<const char*>(nullptr), "/tmp/mine", ""})
    EXPECT_THAT(own_program_folders("/usr/sbin/ktls-tuner", named, true),
                ElementsAre("/usr/sbin", "/usr/libexec/ktls-tuner", "/usr/libexec/ktls-tuner"));
  EXPECT_THAT(own_program_folders("/home/me/build/bin/ktls-tuner", nullptr, false),
              ElementsAre("/home/me/build/bin", "/home/me/build/libexec/ktls-tuner",
                          "/usr/libexec/ktls-tuner"));
  EXPECT_THAT(own_program_folders("", nullptr, true), ElementsAre("/usr/libexec/ktls-tuner"));
}

TEST(OwnPrograms, RootDoesNotRunProgramsFromTheEnvironmentsFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  TempFolder folder;
  folder.write("/irqbalance-policy", "#!/bin/sh\n");
  ASSERT_EQ(::chmod((folder.path() + "/irqbalance-policy").c_str(), 0755), 0);
  ::setenv("KTLS_TUNER_LIBEXEC", folder.path().c_str(), 1);
  const auto found = find_own_program("irqbalance-policy", "the test");
  ::unsetenv("KTLS_TUNER_LIBEXEC");
  ASSERT_TRUE(found) << found.error().text;
  EXPECT_FALSE(found->starts_with(folder.path())) << *found;
}

// A program in a folder of its own: /a/b/helper.
class RunAsRoot : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to change owners";
    std::filesystem::create_directories(folder_.path() + "/a/b");
    folder_.write("/a/b/helper", "#!/bin/sh\n");
    mode("/a/b/helper", 0755);
    mode("", 0755);
  }
  void mode(const std::string& path, mode_t mode) {
    ASSERT_EQ(::chmod((folder_.path() + path).c_str(), mode), 0);
  }
  void give(const std::string& path, uid_t to) {
    ASSERT_EQ(::lchown((folder_.path() + path).c_str(), to, to), 0);
  }
  void link(const std::string& target, const std::string& path) {
    ASSERT_EQ(::symlink(target.c_str(), (folder_.path() + path).c_str()), 0);
  }
  std::string refused(const std::string& path = "/a/b/helper", uid_t owner = 0) {
    const auto may = may_be_run_as_root(folder_.path() + path, owner);
    if (may) return "runs";
    EXPECT_FALSE(may.error().hint.empty());
    return may.error().text;
  }

  TempFolder folder_;
};

TEST_F(RunAsRoot, AcceptsAProgramThatOnlyRootCanWrite) {
  EXPECT_EQ(refused(), "runs");
}

TEST_F(RunAsRoot, RefusesAProgramOfAnotherUser) {
  give("/a/b/helper", kOtherUser);
  EXPECT_THAT(refused(), HasSubstr("it belongs to user 65534"));
}

TEST_F(RunAsRoot, RefusesAProgramThatOthersCanWrite) {
  for (const mode_t bad : {0775U, 0757U, 0777U}) {
    mode("/a/b/helper", bad);
    EXPECT_THAT(refused(), HasSubstr("users other than its owner can write it"));
  }
}

TEST_F(RunAsRoot, RefusesFoldersThatAnotherUserOwnsOrCanWrite) {
  give("/a", kOtherUser);
  EXPECT_THAT(refused(), HasSubstr("/a"));
  give("/a", 0);
  EXPECT_EQ(refused(), "runs");
  mode("/a", 0777);
  EXPECT_THAT(refused(), HasSubstr("users other than its owner can write in it"));
  mode("/a", 01777);
  EXPECT_EQ(refused(), "runs") << "in a sticky folder others cannot replace root's files";
  give("/a/b", kOtherUser);
  EXPECT_THAT(refused(), HasSubstr("/a/b"));
}

TEST_F(RunAsRoot, AcceptsTheOwnerOfThisProgramsFile) {
  for (const char* path : {"/a", "/a/b", "/a/b/helper"}) give(path, kBuilder);
  EXPECT_EQ(refused("/a/b/helper", kBuilder), "runs");
  EXPECT_NE(refused("/a/b/helper", kOtherUser), "runs");
  EXPECT_NE(refused("/a/b/helper", 0), "runs");
}

TEST_F(RunAsRoot, RefusesLinksAndFoldersOfAnotherUserOnTheWay) {
  link("b/helper", "/a/link");
  EXPECT_EQ(refused("/a/link"), "runs");
  give("/a/link", kOtherUser);
  EXPECT_NE(refused("/a/link"), "runs");
  std::filesystem::create_directories(folder_.path() + "/theirs");
  link("../a/b/helper", "/theirs/hop");
  link("../theirs/hop", "/a/far");
  EXPECT_EQ(refused("/a/far"), "runs");
  give("/theirs", kOtherUser);
  EXPECT_THAT(refused("/a/far"), HasSubstr("/theirs"));
}

TEST_F(RunAsRoot, RefusesFoldersMissingFilesAndLinkLoops) {
  EXPECT_THAT(refused("/a/b"), HasSubstr("not a regular file"));
  EXPECT_EQ(may_be_run_as_root(folder_.path() + "/a/none", 0).error().fault, Fault::NotFound);
  link("loop", "/a/loop");
  EXPECT_THAT(refused("/a/loop"), HasSubstr("link"));
}

}  // namespace
}  // namespace tuner
