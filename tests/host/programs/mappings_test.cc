#include "host/programs/mappings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fstream>
#include <sstream>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

TEST(Mappings, AFileIsListedOnceWithItsFirstRange) {
  const auto files = mapped_files(
      "55d000000000-55d000001000 r--p 00000000 08:01 131 /usr/sbin/nginx\n"
      "55d000001000-55d000002000 r-xp 00001000 08:01 131                        /usr/sbin/nginx\n"
      "55d000f00000-55d000f21000 rw-p 00000000 00:00 0                          [heap]\n"
      "7f0000000000-7f0000001000 r--p 00000000 fe:0a 99 /usr/lib/x86_64-linux-gnu/libssl.so.3 "
      "(deleted)\n"
      "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0 [stack]");
  ASSERT_THAT(files,
              ElementsAre(Field(&MappedFile::path, "/usr/sbin/nginx"),
                          Field(&MappedFile::path, "/usr/lib/x86_64-linux-gnu/libssl.so.3")));
  EXPECT_EQ(files[0].range, "55d000000000-55d000001000");
  EXPECT_FALSE(files[0].deleted);
  EXPECT_TRUE(files[1].deleted);
  EXPECT_EQ(files[1].major, 0xfeU);
  EXPECT_EQ(files[1].minor, 0x0aU);
  EXPECT_EQ(files[1].inode, 99U);
}

TEST(Mappings, APathMayHoldAnyByte) {
  const auto files = mapped_files(
      "1000-2000 r--p 0 08:01 1 /srv/a b\\012c\x1b[31m\n"
      "2000-3000 r--p 0 08:01 2 /srv/\\013\n"
      "3000-4000 r--p 0 08:01 3 /memfd:libssl.so.3 (deleted)\n");
  EXPECT_THAT(files, ElementsAre(Field(&MappedFile::path, "/srv/a b\nc\x1b[31m"),
                                 Field(&MappedFile::path, "/srv/\\013"),
                                 Field(&MappedFile::path, "/memfd:libssl.so.3")));
}

TEST(Mappings, OtherLinesArePassedOver) {
  EXPECT_THAT(mapped_files(""), IsEmpty());
  EXPECT_THAT(mapped_files("\n\n \n"), IsEmpty());
  EXPECT_THAT(mapped_files("1000-2000 r--p 0 08:01"), IsEmpty());
  EXPECT_THAT(
      mapped_files(
          "1000-2000 r--p 0 0801 5 /x\n1000-2000 r--p 0 08:zz 5 /x\n1000-2000 r--p 0 08:01 x /x\n"
          "1000-2000 r--p 0 08:01 5 relative\n1000-2000 r--p 0 08:01 99999999999999999999999 /x"),
      IsEmpty());
}

TEST(Mappings, ThisProgramIsAmongItsOwn) {
  std::ostringstream text;
  text << std::ifstream("/proc/self/maps").rdbuf();
  struct stat own {};
  ASSERT_EQ(stat("/proc/self/exe", &own), 0);
  const auto files = mapped_files(text.str());
  EXPECT_TRUE(std::ranges::any_of(files, [&](const MappedFile& file) {
    return file.inode == own.st_ino && !file.range.empty();
  }));
}

}  // namespace
}  // namespace tuner
