#include "host/sockets/control_groups.h"

#include "support/temp_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace tuner {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using testing::TempFolder;
using ::testing::UnorderedElementsAre;

std::uint64_t inode(const TempFolder& folder, const std::string& inside) {
  struct stat about {};
  EXPECT_EQ(::stat((folder.path() + inside).c_str(), &about), 0) << inside;
  return about.st_ino;
}

TEST(ControlGroups, AreFoldersByTheirInodes) {
  const TempFolder folder;
  folder.write("/system.slice/nginx.service/cgroup.procs", "812\n");
  folder.make_folder("/user.slice");
  const auto groups = read_control_groups(folder.path());
  ASSERT_TRUE(groups) << groups.error().text;
  EXPECT_TRUE(groups->complete);
  EXPECT_THAT(groups->paths,
              UnorderedElementsAre(
                  Pair(inode(folder, "/system.slice"), "/system.slice"),
                  Pair(inode(folder, "/system.slice/nginx.service"), "/system.slice/nginx.service"),
                  Pair(inode(folder, "/user.slice"), "/user.slice")));
}

TEST(ControlGroups, LinksAreNotFollowed) {
  const TempFolder folder;
  folder.link("/loop", "/");
  const auto groups = read_control_groups(folder.path());
  ASSERT_TRUE(groups);
  EXPECT_THAT(groups->paths, IsEmpty());
}

TEST(ControlGroups, LimitsAreSaid) {
  const TempFolder folder;
  std::string deep;
  for (int level = 0; level < 40; ++level) deep += "/d";
  folder.make_folder(deep);
  EXPECT_FALSE(read_control_groups(folder.path())->complete);
  const TempFolder wide;
  for (const char* name : {"/a", "/b", "/c"}) wide.make_folder(name);
  const auto groups = read_control_groups(wide.path(), 2);
  ASSERT_TRUE(groups);
  EXPECT_EQ(groups->paths.size(), 2U);
  EXPECT_FALSE(groups->complete);
}

TEST(ControlGroups, AMissingFolderIsAnError) {
  EXPECT_EQ(read_control_groups("/nowhere").error().fault, Fault::NotFound);
}

}  // namespace
}  // namespace tuner
