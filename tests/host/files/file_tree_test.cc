#include "host/files/file_tree.h"

#include "support/temp_folder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace tuner {
namespace {

using testing::TempFolder;

std::unique_ptr<FileTree> recorded(const TempFolder& folder) {
  auto tree = recorded_file_tree(folder.path());
  EXPECT_TRUE(tree) << tree.error().text;
  return std::move(*tree);
}

TEST(LocalFileTree, ReadsFilesOfAnySize) {
  const TempFolder folder;
  const std::string long_text(200'000, 'x');
  folder.write("/long", long_text);
  folder.write("/empty", "");
  folder.write("/page", std::string(4095, 'p'));
  const auto files = local_file_tree();
  EXPECT_EQ(files->read(folder.path() + "/long").value(), long_text);
  EXPECT_EQ(files->read(folder.path() + "/empty").value(), "");
  EXPECT_EQ(files->read(folder.path() + "/page").value(), std::string(4095, 'p'));
}

TEST(LocalFileTree, ReadsPartsOfAnOpenFileAlsoAfterItWasReplaced) {
  const TempFolder folder;
  folder.write("/library", "0123456789");
  const auto files = local_file_tree();
  const std::string path = folder.path() + "/library";
  const auto bytes = files->bytes(path);
  ASSERT_TRUE(bytes) << bytes.error().text;
  EXPECT_EQ(bytes->size, 10U);
  EXPECT_EQ(bytes->identity, files->identity(path).value());
  ::unlink(path.c_str());
  folder.write("/library", "another file");
  std::array<std::byte, 3> part{};
  ASSERT_TRUE(bytes->read_at(4, part));
  EXPECT_EQ(part[2], std::byte{'6'});
  EXPECT_FALSE(bytes->read_at(8, part));
  EXPECT_FALSE(bytes->read_at(~std::uint64_t{0}, part));
}

TEST(LocalFileTree, OpensNoFifoAndNoFolderForItsBytes) {
  const TempFolder folder;
  const std::string fifo = folder.path() + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const auto refused = local_file_tree()->bytes(fifo);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Invalid);
  EXPECT_FALSE(local_file_tree()->bytes(folder.path()));
  EXPECT_FALSE(local_file_tree()->bytes(folder.path() + "/none"));
}

TEST(LocalFileTree, ErrorsHaveThePathAndErrno) {
  const TempFolder folder;
  const auto missing = local_file_tree()->read(folder.path() + "/none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().fault, Fault::NotFound);
  EXPECT_EQ(missing.error().text, "open " + folder.path() + "/none: No such file or directory");
  const auto folder_read = local_file_tree()->read(folder.path());
  ASSERT_FALSE(folder_read);
  EXPECT_EQ(folder_read.error().text, "read " + folder.path() + ": Is a directory");
}

TEST(LocalFileTree, ListsSortedWithoutDots) {
  const TempFolder folder;
  folder.write("/b", "");
  folder.write("/a/x", "");
  folder.write("/.hidden", "");
  EXPECT_EQ(local_file_tree()->list(folder.path()).value(),
            (std::vector<std::string>{".hidden", "a", "b"}));
  const auto file = local_file_tree()->list(folder.path() + "/b");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().fault, Fault::NotFound);
}

TEST(LocalFileTree, IdentityDistinguishesFolders) {
  const TempFolder folder;
  folder.write("/etc/x", "");
  folder.write("/other/x", "");
  folder.link("/same", "etc");
  const auto files = local_file_tree();
  const auto identity = files->identity(folder.path() + "/etc").value();
  EXPECT_EQ(files->identity(folder.path() + "/same").value(), identity);
  EXPECT_NE(files->identity(folder.path() + "/other").value(), identity);
  EXPECT_EQ(files->identity(folder.path() + "/none").error().fault, Fault::NotFound);
}

TEST(LocalFileTree, ResolvesLinks) {
  const TempFolder folder;
  folder.write("/devices/pci/eth0/mtu", "1500\n");
  folder.link("/class/eth0", "../devices/pci/eth0");
  EXPECT_EQ(local_file_tree()->resolve(folder.path() + "/class/eth0").value(),
            folder.path() + "/devices/pci/eth0");
}

TEST(LocalFileTree, WritesToExistingFilesAndCreatesNone) {
  const TempFolder folder;
  folder.write("/value", "1\n");
  const auto files = local_file_tree();
  EXPECT_TRUE(files->write(folder.path() + "/value", "2\n"));
  EXPECT_EQ(files->read(folder.path() + "/value").value(), "2\n");
  const auto created = files->write(folder.path() + "/new", "2\n");
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().fault, Fault::NotFound);
  EXPECT_FALSE(files->exists(folder.path() + "/new"));
}

TEST(LocalFileTree, AFailedWriteNamesTheTextAndErrno) {
  const auto full = local_file_tree()->write("/dev/full", "2-3\n");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().fault, Fault::NoSpace);
  EXPECT_EQ(full.error().text, "write '2-3' to /dev/full: No space left on device");
}

TEST(LocalFileTree, RefusesToWriteThroughDotDot) {
  const TempFolder folder;
  folder.write("/a/value", "1\n");
  const auto climbed = local_file_tree()->write(folder.path() + "/a/../a/value", "2\n");
  ASSERT_FALSE(climbed);
  EXPECT_EQ(climbed.error().fault, Fault::Invalid);
  EXPECT_EQ(folder.read("/a/value"), "1\n");
}

TEST(LocalFileTree, CreatesFoldersAndRemovesOnlyTheFile) {
  const TempFolder folder;
  const auto files = local_file_tree();
  const std::string path = folder.path() + "/a/b/own.conf";
  ASSERT_TRUE(files->create(path, "one\n"));
  ASSERT_TRUE(files->create(path, "two\n"));
  EXPECT_EQ(files->read(path).value(), "two\n");
  EXPECT_EQ(files->list(folder.path() + "/a/b").value(), std::vector<std::string>{"own.conf"});
  ASSERT_TRUE(files->remove(path));
  EXPECT_TRUE(files->exists(folder.path() + "/a/b")) << "folders are removed below /run only";
  EXPECT_TRUE(files->remove(path));
}

TEST(LocalFileTree, RemovesAnEmptyFolderBelowRun) {
  const std::string folder = fmt::format("/run/ktls-tuner-test-{}", ::getpid());
  const auto files = local_file_tree();
  if (!files->create(folder + "/own.conf", "x\n")) GTEST_SKIP() << "/run is not writable here";
  ASSERT_TRUE(files->remove(folder + "/own.conf"));
  EXPECT_FALSE(files->exists(folder));
}

TEST(LocalFileTree, KeepsAFolderWithOtherFiles) {
  const TempFolder folder;
  folder.write("/d/theirs.conf", "x\n");
  const auto files = local_file_tree();
  ASSERT_TRUE(files->create(folder.path() + "/d/own.conf", "x\n"));
  ASSERT_TRUE(files->remove(folder.path() + "/d/own.conf"));
  EXPECT_EQ(folder.read("/d/theirs.conf"), "x\n");
}

TEST(LocalFileTree, FailedCreateAndRemoveNameThePath) {
  const TempFolder folder;
  folder.write("/file", "");
  const auto files = local_file_tree();
  EXPECT_EQ(files->create("/proc/none/own.conf", "").error().text,
            "create /proc/none: No such file or directory");
  EXPECT_EQ(files->create("/proc/own.conf", "").error().text,
            "create /proc/own.conf: No such file or directory");
  EXPECT_EQ(files->create(folder.path() + "/a/../own.conf", "").error().fault, Fault::Invalid);
  EXPECT_EQ(files->remove(folder.path() + "/a/../file").error().fault, Fault::Invalid);
  const auto below = files->remove(folder.path() + "/file/below");
  ASSERT_FALSE(below);
  EXPECT_EQ(below.error().text, "remove " + folder.path() + "/file/below: Not a directory");
}

TEST(LocalFileTree, RefusesRelativePathsAndNulBytes) {
  const auto files = local_file_tree();
  EXPECT_EQ(files->read("proc/version").error().fault, Fault::Invalid);
  EXPECT_EQ(files->read(std::string_view("/proc/version\0x", 15)).error().fault, Fault::Invalid);
  EXPECT_FALSE(files->exists(""));
}

TEST(RecordedFileTree, ReadsBelowTheRoot) {
  const TempFolder folder;
  folder.write("/proc/sys/kernel/osrelease", "6.1.0\n");
  folder.link("/sys/class/net/eth0/device", "../../../devices/0000:81:00.0");
  folder.write("/sys/devices/0000:81:00.0/numa_node", "1\n");
  const auto files = recorded(folder);
  EXPECT_EQ(files->read("/proc/sys/kernel/osrelease").value(), "6.1.0\n");
  EXPECT_EQ(files->read("/sys/class/net/eth0/device/numa_node").value(), "1\n");
  EXPECT_EQ(files->resolve("/sys/class/net/eth0/device").value(), "/sys/devices/0000:81:00.0");
  EXPECT_EQ(files->resolve("/").value(), "/");
  EXPECT_EQ(files->list("/sys/class/net").value(), std::vector<std::string>{"eth0"});
  EXPECT_TRUE(files->exists("/sys/class/net/eth0"));
  EXPECT_FALSE(files->exists("/sys/class/net/eth1"));
}

TEST(RecordedFileTree, DotDotStaysInside) {
  const TempFolder folder;
  folder.write("/inside", "mine\n");
  const auto files = recorded(folder);
  EXPECT_EQ(files->read("/../../../inside").value(), "mine\n");
  EXPECT_FALSE(files->exists("/../../../../../etc/passwd"));
}

TEST(RecordedFileTree, LinksStayInside) {
  const TempFolder folder;
  folder.write("/etc/hostname", "recorded\n");
  folder.link("/absolute", "/etc/hostname");
  folder.link("/outside", "/etc/passwd");
  folder.link("/climbing", "../../../../../../../etc/passwd");
  folder.link("/self", "/proc/self/root/etc/passwd");
  const auto files = recorded(folder);
  EXPECT_EQ(files->read("/absolute").value(), "recorded\n");
  for (const char* path : {"/outside", "/climbing", "/self"}) {
    const auto text = files->read(path);
    ASSERT_FALSE(text) << path;
    EXPECT_EQ(text.error().fault, Fault::NotRecorded) << path;
    EXPECT_FALSE(files->resolve(path)) << path;
  }
}

TEST(RecordedFileTree, OnlyCoveredPathsCanBeAbsent) {
  const TempFolder folder;
  folder.write("/looked-at", "/proc/sys/*\n!/proc/sys/net/locked\n");
  const auto files = recorded(folder);
  const auto fault = [&](std::string_view path) { return files->read(path).error().fault; };
  EXPECT_EQ(fault("/proc/sys/net/core/no_such"), Fault::NotFound);
  EXPECT_EQ(fault("/proc/sys/net/locked"), Fault::NotRecorded);
  EXPECT_EQ(fault("/sys/class/net"), Fault::NotRecorded);
  EXPECT_FALSE(files->is_there("/proc/sys/none").value());
  EXPECT_EQ(files->is_there("/sys/none").error().text, "/sys/none was not recorded");
}

TEST(LocalFileTree, OtherFileTypesAreAnErrorWithoutBlocking) {
  const TempFolder folder;
  ASSERT_EQ(::mkfifo((folder.path() + "/fifo").c_str(), 0644), 0);
  const auto files = local_file_tree();
  const auto fifo = files->read(folder.path() + "/fifo");
  ASSERT_FALSE(fifo);
  EXPECT_EQ(fifo.error().fault, Fault::Invalid);
  EXPECT_EQ(fifo.error().text, "read " + folder.path() + "/fifo: not a regular file but a FIFO");
  EXPECT_EQ(files->read("/dev/zero").error().text,
            "read /dev/zero: not a regular file but a device");
}

TEST(LocalFileTree, AFileThatIsTooLargeIsNotRead) {
  const TempFolder folder;
  folder.write("/sparse", "x");
  ASSERT_EQ(::truncate((folder.path() + "/sparse").c_str(), off_t{2} << 30), 0);
  const auto sparse = local_file_tree()->read(folder.path() + "/sparse");
  ASSERT_FALSE(sparse);
  EXPECT_EQ(sparse.error().fault, Fault::TooLarge);
  EXPECT_EQ(sparse.error().text, "read " + folder.path() + "/sparse: more than 8 MiB");
}

TEST(RecordedFileTree, RefusesEveryWrite) {
  const TempFolder folder;
  folder.write("/proc/sys/net/core/somaxconn", "128\n");
  const auto refused = recorded(folder)->write("/proc/sys/net/core/somaxconn", "4096\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Refused);
  EXPECT_EQ(refused.error().text,
            "write /proc/sys/net/core/somaxconn: a recorded machine is read-only");
  EXPECT_FALSE(refused.error().hint.empty());
  EXPECT_EQ(folder.read("/proc/sys/net/core/somaxconn"), "128\n");
  EXPECT_EQ(recorded(folder)->create("/run/x", "").error().text,
            "create /run/x: a recorded machine is read-only");
  EXPECT_EQ(recorded(folder)->remove("/proc").error().text,
            "remove /proc: a recorded machine is read-only");
}

TEST(RecordedFileTree, ARootThatIsNotAFolderIsAnError) {
  const TempFolder folder;
  folder.write("/file", "");
  EXPECT_EQ(recorded_file_tree(folder.path() + "/none").error().fault, Fault::NotFound);
  EXPECT_EQ(recorded_file_tree(folder.path() + "/file").error().fault, Fault::NotFound);
}

}  // namespace
}  // namespace tuner
