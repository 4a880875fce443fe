#include "host/files/tar.h"

#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using Kind = TarEntry::Kind;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Tar, AnOrdinaryTarUnpacksIt) {
  const testing::TempFolder folder;
  const std::string deep = "b/" + std::string(90, 'd') + "/" + std::string(90, 'e');
  const std::vector<TarEntry> entries{
      {"b/empty", Kind::Folder, ""},
      {"b/file", Kind::File, std::string(512, 'x')},
      {"b/link", Kind::Link, "../" + std::string(150, 't')},
      {deep, Kind::File, "deep\n"},
      {"b/nothing", Kind::File, ""},
  };
  const std::string archive = folder.path() + "/a.tar";
  ASSERT_TRUE(write_new_file(archive, tar_bytes(entries)));
  ASSERT_EQ(std::system(("tar -C " + folder.path() + " -xf " + archive).c_str()), 0);
  EXPECT_EQ(content_of(folder.path() + "/b/file"), std::string(512, 'x'));
  EXPECT_EQ(content_of(folder.path() + "/" + deep), "deep\n");
  EXPECT_EQ(content_of(folder.path() + "/b/nothing"), "");
  struct stat about {};
  EXPECT_EQ(::stat((folder.path() + "/b/empty").c_str(), &about), 0);
  EXPECT_TRUE(S_ISDIR(about.st_mode));
  char target[512]{};
  EXPECT_EQ(::readlink((folder.path() + "/b/link").c_str(), target, sizeof target - 1), 153);
}

TEST(Tar, TheSameEntriesGiveTheSameBytes) {
  const std::vector<TarEntry> entries{{"a", Kind::File, "1"}};
  EXPECT_EQ(tar_bytes(entries), tar_bytes(entries));
  EXPECT_EQ(tar_bytes(entries).size() % 10240, 0U);
}

TEST(Tar, TheFileIsNewAndOfItsOwnerAlone) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/a.tar";
  const mode_t mask = ::umask(0);
  ASSERT_TRUE(write_new_file(path, "x"));
  ::umask(mask);
  struct stat about {};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  const auto again = write_new_file(path, "y");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fault, Fault::Refused);
  EXPECT_EQ(content_of(path), "x");
}

TEST(Tar, ALinkInItsPlaceIsNotFollowed) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/a.tar", victim = folder.path() + "/victim";
  ASSERT_EQ(::symlink(victim.c_str(), path.c_str()), 0);
  EXPECT_FALSE(write_new_file(path, "x"));
  EXPECT_NE(::access(victim.c_str(), F_OK), 0) << "nothing was written through the link";
}

TEST(Tar, AFileThatCannotBeWrittenSaysWhy) {
  const auto outcome = write_new_file("/proc/no-such-folder/a.tar", "x");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().text, HasSubstr("/proc/no-such-folder/a.tar"));
}

}  // namespace
}  // namespace tuner
