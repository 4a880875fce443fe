#include "host/programs/gains_rights.h"

#include "host/files/file_tree.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdint>

namespace tuner {
namespace {

using testing::TempFolder;

TEST(WhySecure, IsSetUidOrSetGidForAnother) {
  TempFolder folder;
  folder.write("/program", "x");
  const std::string path = folder.path() + "/program";
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  EXPECT_EQ(why_secure(path, user, group).value(), std::nullopt);
  ASSERT_EQ(::chmod(path.c_str(), 04755), 0);
  EXPECT_EQ(why_secure(path, user, group).value(), std::nullopt) << "its owner gains nothing";
  EXPECT_TRUE(why_secure(path, user + 1, group).value().has_value());
  ASSERT_EQ(::chmod(path.c_str(), 02755), 0);
  EXPECT_TRUE(why_secure(path, user, group + 1).value().has_value());
  ASSERT_EQ(::chmod(path.c_str(), 02745), 0);
  EXPECT_EQ(why_secure(path, user, group + 1).value(), std::nullopt)
      << "without x for the group the bit means something else (inode(7))";
}

TEST(WhySecure, IsFileCapabilitiesForAllButRoot) {
  TempFolder folder;
  folder.write("/program", "x");
  const std::string path = folder.path() + "/program";
  // struct vfs_cap_data of include/uapi/linux/capability.h: CAP_NET_BIND_SERVICE, effective.
  const std::uint32_t capabilities[] = {0x02000001, 1U << 10U, 0, 0, 0};
  if (::setxattr(path.c_str(), "security.capability", capabilities, sizeof capabilities, 0) != 0)
    GTEST_SKIP() << "this needs CAP_SETFCAP and a file system with capabilities";
  EXPECT_EQ(why_secure(path, 1000, 1000).value(), "it has file capabilities");
  EXPECT_EQ(why_secure(path, 0, 0).value(), std::nullopt);
  EXPECT_TRUE(local_file_tree()->gives_rights(path).value());
}

TEST(WhySecure, OfAMissingFileIsAnError) {
  EXPECT_EQ(why_secure("/nowhere/program", 0, 0).error().fault, Fault::NotFound);
  EXPECT_EQ(local_file_tree()->gives_rights("/nowhere/program").error().fault, Fault::NotFound);
}

}  // namespace
}  // namespace tuner
