#include "host/files/trusted_path.h"

#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using testing::TempFolder;

constexpr uid_t kOtherUser = 65534;

class TrustedPath : public ::testing::Test {
 protected:
  std::string file(const std::string& path) {
    folder_.write(path, "text");
    return folder_.path() + path;
  }
  void give_away(const std::string& path) {
    ASSERT_EQ(::lchown((folder_.path() + path).c_str(), kOtherUser, kOtherUser), 0);
  }
  void open_up(const std::string& path, mode_t mode) {
    ASSERT_EQ(::chmod((folder_.path() + path).c_str(), mode), 0);
  }
  std::string refused(const std::string& path) {
    const auto trusted = input_is_trusted(path);
    if (trusted) return "trusted";
    EXPECT_EQ(trusted.error().fault, Fault::Refused) << trusted.error().text;
    return trusted.error().text;
  }

  TempFolder folder_;
};

TEST_F(TrustedPath, OwnFilesInOwnFoldersAreTrusted) {
  EXPECT_TRUE(input_is_trusted(file("/a/b/profile.yaml")));
}

TEST_F(TrustedPath, FilesThatOthersCanWriteAreRefused) {
  const std::string path = file("/a/b/profile.yaml");
  open_up("/a/b/profile.yaml", 0666);
  EXPECT_THAT(refused(path), HasSubstr("users other than its owner can write it (mode 0666)"));
  open_up("/a/b/profile.yaml", 0644);
  open_up("/a", 0777);
  EXPECT_THAT(refused(path),
              HasSubstr("/a is not trusted: users other than its owner can write in it"));
  // As /tmp: other users cannot replace our files in a sticky folder.
  open_up("/a", 01777);
  EXPECT_EQ(refused(path), "trusted");
}

TEST_F(TrustedPath, FilesOfOtherUsersAreRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to change an owner";
  const std::string path = file("/a/b/profile.yaml");
  give_away("/a/b/profile.yaml");
  EXPECT_THAT(refused(path), HasSubstr("it belongs to user 65534, not to root"));
  ASSERT_EQ(::chown(path.c_str(), 0, 0), 0);
  give_away("/a");
  EXPECT_THAT(refused(path), HasSubstr("/a is not trusted: it belongs to user 65534"));
}

TEST_F(TrustedPath, TheSudoUserIsTrustedForInputOnly) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to change an owner";
  const std::string path = file("/profile.yaml");
  give_away("/profile.yaml");
  ::setenv("SUDO_UID", "65534", 1);
  EXPECT_EQ(refused(path), "trusted");
  EXPECT_EQ(trusted_owners(), std::vector<uid_t>{0});
  ::setenv("SUDO_UID", "65534 ", 1);
  EXPECT_NE(refused(path), "trusted");
  ::unsetenv("SUDO_UID");
}

TEST_F(TrustedPath, FollowsLinksThatNoOtherUserCouldHaveMade) {
  file("/real/profile.yaml");
  folder_.link("/link.yaml", "real/profile.yaml");
  folder_.link("/folder", folder_.path() + "/real");
  EXPECT_EQ(refused(folder_.path() + "/link.yaml"), "trusted");
  EXPECT_EQ(refused(folder_.path() + "/folder/profile.yaml"), "trusted");
  EXPECT_EQ(refused(folder_.path() + "/folder/../real/./profile.yaml"), "trusted");
  if (::geteuid() != 0) return;
  give_away("/link.yaml");
  EXPECT_THAT(refused(folder_.path() + "/link.yaml"), HasSubstr("/link.yaml is not trusted"));
  give_away("/folder");
  EXPECT_THAT(refused(folder_.path() + "/folder/profile.yaml"),
              HasSubstr("/folder is not trusted"));
}

TEST_F(TrustedPath, ChecksTheFoldersOfALinkAndOfItsTarget) {
  file("/real/profile.yaml");
  folder_.make_folder("/open");
  folder_.link("/open/link", folder_.path() + "/real");
  open_up("/open", 0777);
  EXPECT_THAT(refused(folder_.path() + "/open/link/profile.yaml"),
              HasSubstr("/open is not trusted"));
}

TEST_F(TrustedPath, LinkLoopsAndMissingFilesAreErrors) {
  folder_.link("/one", "two");
  folder_.link("/two", "one");
  EXPECT_EQ(input_is_trusted(folder_.path() + "/one").error().errno_value, ELOOP);
  EXPECT_EQ(input_is_trusted(folder_.path() + "/none").error().fault, Fault::NotFound);
  EXPECT_EQ(input_is_trusted(folder_.path() + "/").error().fault, Fault::Invalid);
}

TEST_F(TrustedPath, AnAbsenceIsTrustedWhereNoOtherUserCouldEndIt) {
  file("/a/x");
  const std::string none = folder_.path() + "/a/none";
  EXPECT_TRUE(absence_is_trusted(none));
  EXPECT_TRUE(absence_is_trusted(folder_.path() + "/a/no/such/folder"));
  for (const mode_t mode : {mode_t{0777}, mode_t{01777}}) {
    open_up("/a", mode);
    for (const char* path : {"/a/none", "/a/no/such/folder"})
      EXPECT_EQ(absence_is_trusted(folder_.path() + path).error().fault, Fault::Refused) << mode;
  }
  open_up("/a", 0755);
  ASSERT_EQ(::symlink("/nowhere/x", none.c_str()), 0);
  EXPECT_THAT(absence_is_trusted(none).error().text, HasSubstr("leads to nothing"));
  if (::geteuid() != 0) return;
  give_away("/a");
  EXPECT_EQ(absence_is_trusted(folder_.path() + "/a/other").error().fault, Fault::Refused);
}

TEST_F(TrustedPath, BelowARootNothingLeadsOut) {
  file("/root/etc/x");
  file("/etc/x");
  folder_.link("/root/absolute", "/etc");
  folder_.link("/root/up", "../../../../etc");
  for (const char* path : {"/etc/x", "/absolute/x", "/up/x", "/../../etc/x"}) {
    const auto walked = open_path(folder_.path() + "/root", path);
    ASSERT_TRUE(walked) << path << ": " << walked.error().text;
    EXPECT_EQ(walked->way.back().path, folder_.path() + "/root/etc") << path;
    EXPECT_EQ(walked->name, "x");
  }
}

TEST_F(TrustedPath, CreatedFoldersAreWorldReadableUnderAnyUmask) {
  const mode_t before = ::umask(077);
  const auto walked = open_path(folder_.path(), "/run/ktls-tuner/journal", true);
  ::umask(before);
  ASSERT_TRUE(walked) << walked.error().text;
  for (const char* made : {"/run", "/run/ktls-tuner"}) {
    struct stat about {};
    ASSERT_EQ(::stat((folder_.path() + made).c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0755U) << made;
  }
}

TEST_F(TrustedPath, StateFilesWithSeveralHardLinksAreRefused) {
  const std::string path = file("/journal");
  ASSERT_EQ(::link(path.c_str(), (folder_.path() + "/other").c_str()), 0);
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_THAT(file_is_trusted(fd.get(), path, trusted_owners()).error().text,
              HasSubstr("it has 2 hard links"));
  // An input file may have several hard links: package managers share files that way.
  EXPECT_EQ(refused(path), "trusted");
}

}  // namespace
}  // namespace tuner
