#include "host/files/secret_file.h"

#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

class SecretFile : public ::testing::Test {
 protected:
  std::string file(mode_t mode) {
    folder_.write("/token", "0123456789abcdef\n");
    std::string path = folder_.path() + "/token";
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }

  testing::TempFolder folder_;
};

TEST_F(SecretFile, ReadsAFileWithPrivateMode) {
  EXPECT_EQ(*read_secret_file(file(0600)), "0123456789abcdef\n");
  EXPECT_EQ(*read_secret_file(file(0400)), "0123456789abcdef\n");
}

TEST_F(SecretFile, RefusesAFileThatOthersCanAccessWithTheCommandThatFixesIt) {
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0644U}) {
    const auto text = read_secret_file(file(mode));
    ASSERT_FALSE(text) << mode;
    EXPECT_EQ(text.error().fault, Fault::Refused);
    EXPECT_THAT(text.error().text, HasSubstr("users other than its owner can access it"));
    EXPECT_EQ(text.error().hint, "chmod 600 " + folder_.path() + "/token");
  }
}

TEST_F(SecretFile, ANewFileIsPrivateUnderAnyUmask) {
  for (const mode_t mask : {0U, 022U, 0777U}) {
    const std::string path = folder_.path() + "/new" + std::to_string(mask);
    const mode_t before = ::umask(mask);
    const auto written = write_new_secret_file(path, "secret\n");
    ::umask(before);
    ASSERT_TRUE(written) << written.error().text;
    struct stat about {};
    ASSERT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0600U);
    EXPECT_EQ(*read_secret_file(path), "secret\n");
  }
}

TEST_F(SecretFile, NeverWritesToAnExistingFile) {
  const std::string there = file(0600);
  ASSERT_EQ(::symlink("elsewhere", (folder_.path() + "/link").c_str()), 0);
  for (const std::string& path : {there, folder_.path() + "/link"}) {
    const auto written = write_new_secret_file(path, "other");
    ASSERT_FALSE(written) << path;
    EXPECT_EQ(written.error().errno_value, EEXIST);
  }
  EXPECT_EQ(*read_secret_file(there), "0123456789abcdef\n");
  EXPECT_EQ(folder_.read("/elsewhere"), "");
  EXPECT_FALSE(write_new_secret_file("/dev/null", "other"));
  EXPECT_EQ(write_new_secret_file(folder_.path() + "/none/new", "x").error().fault,
            Fault::NotFound);
}

TEST_F(SecretFile, RefusesAFileOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to change an owner";
  const std::string path = file(0600);
  ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
  EXPECT_THAT(read_secret_file(path).error().text, HasSubstr("belongs to user 65534"));
}

TEST_F(SecretFile, RefusesOtherFileTypesWithoutBlocking) {
  EXPECT_THAT(read_secret_file(folder_.path()).error().text, HasSubstr("is not a regular file"));
  EXPECT_EQ(read_secret_file(folder_.path() + "/none").error().fault, Fault::NotFound);
  const std::string pipe = folder_.path() + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(read_secret_file(pipe).error().text, HasSubstr("is not a regular file"));
  EXPECT_FALSE(read_secret_file("/dev/null"));
}

}  // namespace
}  // namespace tuner
