#include "host/published_file.h"

#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempFolder;

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

TEST(PublishedFile, IsReadableByEverybodyWhateverTheUmask) {
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

TEST(PublishedFile, TakesThePlaceOfTheOldOneAndLeavesNothingElse) {
  const TempFolder folder;
  folder.write("/ktls.prom", "old");
  struct stat before {};
  ASSERT_EQ(::stat((folder.path() + "/ktls.prom").c_str(), &before), 0);
  ASSERT_TRUE(publish(folder.path() + "/ktls.prom", "new"));
  struct stat after {};
  ASSERT_EQ(::stat((folder.path() + "/ktls.prom").c_str(), &after), 0);
  EXPECT_NE(before.st_ino, after.st_ino) << "written in place: a reader could see half of it";
  EXPECT_EQ(folder.read("/ktls.prom"), "new");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("ktls.prom"));
}

TEST(PublishedFile, NamesTheFolderThatIsMissingAndMakesNone) {
  const TempFolder folder;
  const auto written = publish(folder.path() + "/no/ktls.prom", "new");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().fault, Fault::NotFound);
  EXPECT_THAT(written.error().text, HasSubstr("there is no folder " + folder.path() + "/no"));
  EXPECT_THAT(written.error().hint, HasSubstr("make it, or name another one"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/no"));
}

TEST(PublishedFile, ThatCannotTakeItsPlaceLeavesNothing) {
  const TempFolder folder;
  folder.make_folder("/ktls.prom/inside");
  const auto written = publish(folder.path() + "/ktls.prom", "new");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text, HasSubstr("replace " + folder.path() + "/ktls.prom"));
  EXPECT_THAT(names_in(folder.path()), ElementsAre("ktls.prom"));
}

TEST(PublishedFile, OfAFullDeviceSaysSo) {
  const auto written = publish("/dev/full/ktls.prom", "new");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text, HasSubstr("/dev/full"));
}

}  // namespace
}  // namespace tuner
