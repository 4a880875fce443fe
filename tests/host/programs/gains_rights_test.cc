#include "host/programs/gains_rights.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/xattr.h>

#include <cstdint>

namespace tuner {
namespace {

using testing::TempFolder;

TEST(GainsRights, SeesSetUidAndSetGid) {
  TempFolder folder;
  folder.write("/program", "x");
  const std::string path = folder.path() + "/program";
  EXPECT_FALSE(gains_rights(path).value());
  for (const mode_t mode : {mode_t{04755}, mode_t{02755}}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    EXPECT_TRUE(gains_rights(path).value());
  }
}

TEST(GainsRights, SeesFileCapabilities) {
  TempFolder folder;
  folder.write("/program", "x");
  const std::string path = folder.path() + "/program";
  // struct vfs_cap_data of include/uapi/linux/capability.h: CAP_NET_BIND_SERVICE, effective.
  const std::uint32_t capabilities[] = {0x02000001, 1U << 10U, 0, 0, 0};
  if (::setxattr(path.c_str(), "security.capability", capabilities, sizeof capabilities, 0) != 0)
    GTEST_SKIP() << "this needs CAP_SETFCAP and a file system with capabilities";
  EXPECT_TRUE(gains_rights(path).value());
}

TEST(GainsRights, DoesNotTakeAMissingFileForOneWithout) {
  EXPECT_EQ(gains_rights("/nowhere/program").error().fault, Fault::NotFound);
}

}  // namespace
}  // namespace tuner
