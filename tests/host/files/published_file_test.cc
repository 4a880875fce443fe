#include "host/files/published_file.h"

#include "base/handle.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TempFolder;

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

TEST(PublishedFile, IsWorldReadableUnderAnyUmask) {
  const TempFolder folder;
  const mode_t before = ::umask(077);
  const auto written = publish(folder.path() + "/ktls.prom", "one 1\n");
  ::umask(before);
  ASSERT_TRUE(written) << written.error().text;
  struct stat info {};
  ASSERT_EQ(::stat((folder.path() + "/ktls.prom").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0644U);
  EXPECT_EQ(folder.read("/ktls.prom"), "one 1\n");
}

TEST(PublishedFile, ReplacesTheOldFileAndLeavesNoTemporaryFile) {
  const TempFolder folder;
  folder.write("/ktls.prom", "old");
  struct stat before {};
  ASSERT_EQ(::stat((folder.path() + "/ktls.prom").c_str(), &before), 0);
  ASSERT_TRUE(publish(folder.path() + "/ktls.prom", "new"));
  struct stat after {};
  ASSERT_EQ(::stat((folder.path() + "/ktls.prom").c_str(), &after), 0);
  EXPECT_NE(before.st_ino, after.st_ino) << "written in place: a reader could see a part of it";
  EXPECT_EQ(folder.read("/ktls.prom"), "new");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("ktls.prom"));
}

TEST(PublishedFile, IsReadBack) {
  const TempFolder folder;
  const std::string path = folder.path() + "/ktls.prom";
  EXPECT_EQ(read_published(path).error().fault, Fault::NotFound);
  ASSERT_TRUE(publish(path, "one 1\n"));
  EXPECT_EQ(read_published(path).value(), "one 1\n");
  ASSERT_TRUE(publish(path, std::string(1U << 20U, 'a')));
  EXPECT_EQ(read_published(path).value().size(), 1U << 20U);
  ASSERT_TRUE(publish(path, std::string((1U << 20U) + 1, 'a')));
  EXPECT_EQ(read_published(path).error().fault, Fault::TooLarge);
}

// Its folder may belong to another user, who can put a file of their own there.
TEST(PublishedFile, IsNotReadIfAnotherUserCouldHaveMadeIt) {
  const TempFolder folder;
  const std::string path = folder.path() + "/ktls.prom";
  ASSERT_TRUE(publish(path, "one 1\n"));
  ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
  EXPECT_EQ(read_published(path).error().fault, Fault::Refused);
  ASSERT_TRUE(publish(path, "one 1\n"));
  ASSERT_EQ(::link(path.c_str(), (path + ".2").c_str()), 0);
  EXPECT_EQ(read_published(path).error().fault, Fault::Refused);
  ASSERT_EQ(::unlink(path.c_str()), 0);
  EXPECT_FALSE(read_published(path));
  ASSERT_EQ(::symlink((path + ".2").c_str(), path.c_str()), 0);
  EXPECT_FALSE(read_published(path)) << "through a link";
  ASSERT_EQ(::unlink(path.c_str()), 0);
  ASSERT_EQ(::mkfifo(path.c_str(), 0644), 0);
  EXPECT_EQ(read_published(path).error().fault, Fault::Refused);
}

TEST(PublishedFile, NamesTheMissingFolderAndDoesNotCreateIt) {
  const TempFolder folder;
  const auto written = publish(folder.path() + "/no/ktls.prom", "new");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().fault, Fault::NotFound);
  EXPECT_THAT(written.error().text, HasSubstr("there is no folder " + folder.path() + "/no"));
  EXPECT_THAT(written.error().hint, HasSubstr("create it or name another one"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/no"));
}

TEST(PublishedFile, LeavesNoTemporaryFileAfterAFailure) {
  const TempFolder folder;
  folder.make_folder("/ktls.prom/inside");
  const auto written = publish(folder.path() + "/ktls.prom", "new");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text,
              HasSubstr("/ktls.prom is a folder: only regular files are replaced"));
  EXPECT_THAT(names_in(folder.path()), ElementsAre("ktls.prom"));
}

TEST(PublishedFile, WritesToADeviceWithoutReplacingIt) {
  const TempFolder folder;
  const std::string path = folder.path() + "/null";
  if (::mknod(path.c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0)
    GTEST_SKIP() << "needs root to create a device";
  EXPECT_TRUE(publish(path, "text")) << "the file system may be mounted nodev";
  struct stat about {};
  ASSERT_EQ(::lstat(path.c_str(), &about), 0);
  EXPECT_TRUE(S_ISCHR(about.st_mode));
  EXPECT_TRUE(publish("/dev/null", "text"));
  ASSERT_EQ(::lstat("/dev/null", &about), 0);
  EXPECT_TRUE(S_ISCHR(about.st_mode));
}

TEST(PublishedFile, WritesToAFifoAndDoesNotWaitForAReader) {
  const TempFolder folder;
  const std::string path = folder.path() + "/fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_FALSE(publish(path, "text")) << "it has no reader";
  const UniqueFd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_TRUE(publish(path, "text"));
  char heard[8] = {};
  EXPECT_EQ(::read(reader.get(), heard, sizeof heard), 4);
  EXPECT_THAT(names_in(folder.path()), ElementsAre("fifo"));
}

TEST(PublishedFile, NeverReplacesOrFollowsALink) {
  const TempFolder folder;
  folder.write("/target", "precious");
  for (const char* target : {"target", "nowhere"}) {
    const TempFolder own;
    own.link("/ktls.prom", folder.path() + "/" + target);
    const auto written = publish(own.path() + "/ktls.prom", "new");
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().text,
                HasSubstr("is a symbolic link: only regular files are replaced"));
    EXPECT_TRUE(std::filesystem::is_symlink(own.path() + "/ktls.prom"));
  }
  EXPECT_EQ(folder.read("/target"), "precious");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("target"));
}

TEST(PublishedFile, IsNotCreatedInKernelFileSystems) {
  for (const char* path :
       {"/dev/ktls-tuner-test", "/dev/shm/../ktls-tuner-test", "/proc/x", "/sys/x"}) {
    const auto written = publish(path, "text");
    ASSERT_FALSE(written) << path;
    EXPECT_EQ(written.error().fault, Fault::Refused) << written.error().text;
  }
}

// node_exporter's user owns the folder and could replace it with a link to another folder.
TEST(PublishedFile, RootDoesNotFollowARedirectionByTheFoldersOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to change an owner";
  const TempFolder folder;
  folder.make_folder("/exporter/textfile");
  folder.make_folder("/roots");
  const auto give = [&](const std::string& path, uid_t user) {
    ASSERT_EQ(::lchown((folder.path() + path).c_str(), user, user), 0);
  };
  give("/exporter", 65534);
  give("/exporter/textfile", 65534);
  EXPECT_TRUE(publish(folder.path() + "/exporter/textfile/ktls.prom", "text"));

  ASSERT_EQ(::rename((folder.path() + "/exporter/textfile").c_str(),
                     (folder.path() + "/exporter/before").c_str()),
            0);
  folder.link("/exporter/textfile", folder.path() + "/roots");
  give("/exporter/textfile", 65534);
  const auto swapped = publish(folder.path() + "/exporter/textfile/ktls.prom", "text");
  ASSERT_FALSE(swapped);
  EXPECT_EQ(swapped.error().fault, Fault::Refused);
  EXPECT_THAT(swapped.error().text, HasSubstr("/exporter is owned by user 65534"));
  EXPECT_THAT(names_in(folder.path() + "/roots"), IsEmpty());
}

TEST(PublishedFile, RootDoesNotWriteInAFolderThatOthersCanReplace) {
  if (::geteuid() != 0) GTEST_SKIP() << "the check is for root only";
  const TempFolder folder;
  folder.make_folder("/open/textfile");
  ASSERT_EQ(::chmod((folder.path() + "/open").c_str(), 0777), 0);
  EXPECT_THAT(publish(folder.path() + "/open/textfile/ktls.prom", "text").error().text,
              HasSubstr("/open is writable by others"));
}

TEST(PublishedFile, NamesTheFullDevice) {
  const auto written = publish("/dev/full/ktls.prom", "new");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text, HasSubstr("/dev/full"));
}

}  // namespace
}  // namespace tuner
