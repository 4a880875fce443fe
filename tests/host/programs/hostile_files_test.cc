// Files of any kind in the place of those that the scan reads, in a real folder: nothing hangs,
// nothing but a regular file is opened, and each answer says what was not looked at.
#include "host/files/file_tree.h"
#include "host/programs/collect.h"
#include "support/elf_file.h"
#include "support/hostile_names.h"
#include "support/temp_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace tuner {
namespace {

using ::testing::Contains;
using testing::elf_file;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TempFolder;

constexpr std::string_view kSsl = "/usr/lib/libssl.so.3";
constexpr std::string_view kCrypto = "/usr/lib/libcrypto.so.3";
const std::string kSocketUser = elf_file("libssl.so.3", {"SSL_set_fd"});

// The root of a machine with one process that has mapped `executable` and OpenSSL.
class Root {
 public:
  explicit Root(const std::string& executable = "/usr/sbin/nginx") {
    folder_.write("/looked-at", "*\n");
    folder_.write(kSsl, "libssl");
    folder_.write(kCrypto, std::string("OpenSSL 3.0.19 27 Jan 2026\0OPENSSLDIR: \"/usr/ssl\"", 50));
    folder_.write("/proc/9/maps", maps_of({executable, kSsl, kCrypto}));
    folder_.write("/proc/9/comm", "nginx\n");
    folder_.write("/proc/9/cgroup", "0::/system.slice/nginx.service\n");
    folder_.write("/proc/9/stat", "9 (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 77 0 0\n");
    folder_.link("/proc/9/exe", executable);
    folder_.link("/proc/9/root", "/");
    folder_.write("/proc/9/cmdline", executable);
    folder_.write("/proc/9/environ", "");
    folder_.write("/etc/nginx/nginx.conf", "http { server { listen 443 ssl; } }\n");
  }

  static std::string maps_of(const std::vector<std::string_view>& files) {
    std::string maps;
    int inode = 100;
    for (const std::string_view file : files) {
      ++inode;
      maps += fmt::format("7f{0}000-7f{0}fff r-xp 00000000 fe:01 {0} {1}\n", inode, file);
    }
    return maps;
  }

  const TempFolder& operator*() const { return folder_; }
  const TempFolder* operator->() const { return &folder_; }
  std::string at(std::string_view path) const { return folder_.path() + std::string(path); }

  Programs look() const {
    const auto tree = recorded_file_tree(folder_.path());
    EXPECT_TRUE(tree);
    return collect_programs(**tree);
  }

  // The one program; no program fails the test.
  Program program() const {
    const Programs found = look();
    EXPECT_THAT(found.all, SizeIs(1));
    return found.all.empty() ? Program{} : found.all.front();
  }

 private:
  TempFolder folder_;
};

void make_parent(const std::string& path) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::filesystem::remove_all(path);
}

void make_fifo(const std::string& path) {
  make_parent(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0644), 0);
}

// A device that answers reads without end, /dev/zero. false: not permitted.
bool make_device(const std::string& path) {
  make_parent(path);
  return ::mknod(path.c_str(), S_IFCHR | 0644, makedev(1, 5)) == 0;
}

void make_folder(const std::string& path) {
  make_parent(path);
  std::filesystem::create_directories(path);
}

void make_sparse(const std::string& path, std::string_view begin, off_t size) {
  make_parent(path);
  std::ofstream(path, std::ios::binary) << begin;
  ASSERT_EQ(::truncate(path.c_str(), size), 0);
}

// Every name that the scan gets from a process, a unit or a configuration.
const std::vector<std::string> kPlaces{"/usr/sbin/nginx", std::string(kCrypto),
                                       "/etc/nginx/nginx.conf", "/etc/own.cnf"};

TEST(HostileFiles, ControlAllIsReadAndNothingIsDoubted) {
  const Root root;
  root->write("/usr/sbin/nginx", kSocketUser);
  const Program program = root.program();
  EXPECT_EQ(program.transport, TlsTransport::Socket);
  EXPECT_EQ(program.libraries.at(0).version, "OpenSSL 3.0.19");
  EXPECT_TRUE(program.config->tls);
  EXPECT_THAT(program.doubts, IsEmpty());
}

std::vector<std::string> doubts_of(const Program& program) {
  auto all = program.doubts;
  if (program.config)
    all.insert(all.end(), program.config->doubts.begin(), program.config->doubts.end());
  return all;
}

void expect_doubt_for_each_place(const std::function<bool(const std::string&)>& make) {
  for (const std::string& place : kPlaces) {
    SCOPED_TRACE(place);
    const Root root;
    root->write("/usr/sbin/nginx", kSocketUser);
    root->write("/proc/9/environ", "OPENSSL_CONF=/etc/own.cnf");
    if (!make(root.at(place))) GTEST_SKIP() << "not permitted here: " << place;
    EXPECT_THAT(doubts_of(root.program()),
                Contains(::testing::AnyOf(HasSubstr(place), HasSubstr("/proc/9/exe"))));
  }
}

TEST(HostileFiles, AFifoIsNotOpenedAndDoesNotBlock) {
  expect_doubt_for_each_place([](const std::string& path) {
    make_fifo(path);
    return true;
  });
}

TEST(HostileFiles, ADeviceIsNotRead) {
  expect_doubt_for_each_place(make_device);
}

TEST(HostileFiles, AFolderIsNoFile) {
  expect_doubt_for_each_place([](const std::string& path) {
    make_folder(path);
    return true;
  });
}

// A link of a configuration to itself, or to another that leads back.
TEST(HostileFiles, ALoopOfLinksEnds) {
  expect_doubt_for_each_place([](const std::string& path) {
    make_parent(path);
    std::filesystem::create_symlink(path.substr(path.rfind('/') + 1), path);
    return true;
  });
}

TEST(HostileFiles, AUnitThatIsAFifoIsPassedOver) {
  const Root root;
  root->write("/usr/sbin/nginx", kSocketUser);
  root->write("/etc/systemd/system/multi-user.target.wants/a.service", "");
  make_fifo(root.at("/etc/systemd/system/a.service"));
  make_fifo(root.at("/etc/systemd/system/a.service.d/x.conf"));
  make_fifo(root.at("/etc/gnutls/config"));
  const Programs found = root.look();
  EXPECT_THAT(found.all, SizeIs(1));
  EXPECT_EQ(found.gnutls_asks, std::nullopt);
}

TEST(HostileFiles, ATruncatedOrLyingElfIsADoubt) {
  for (const std::size_t size : {0U, 3U, 16U, 63U, 64U, 100U, 200U, 400U}) {
    SCOPED_TRACE(size);
    const Root root;
    root->write("/usr/sbin/nginx", kSocketUser.substr(0, std::min(size, kSocketUser.size() - 1)));
    const Program program = root.program();
    EXPECT_EQ(program.transport, TlsTransport::None);
    EXPECT_THAT(program.doubts, Contains(HasSubstr("/usr/sbin/nginx")));
  }
  const Root root;
  root->write("/usr/sbin/nginx", "#!/bin/sh\nno ELF\n");
  EXPECT_THAT(root.program().doubts, Contains(HasSubstr("no ELF file")));
}

// A file of a terabyte costs its owner nothing.
TEST(HostileFiles, AHugeFileIsNotReadToItsEnd) {
  constexpr off_t kTerabyte = off_t{1} << 40;
  {
    const Root root;
    make_sparse(root.at("/usr/sbin/nginx"), kSocketUser, kTerabyte);
    EXPECT_EQ(root.program().transport, TlsTransport::Socket);
  }
  {
    const Root root;
    root->write("/usr/sbin/nginx", kSocketUser);
    make_sparse(root.at(kCrypto), "OpenSSL", kTerabyte);
    const Program program = root.program();
    EXPECT_EQ(program.libraries.at(0).version, "");
    EXPECT_THAT(program.doubts, Contains(HasSubstr("MiB were looked at")));
  }
  {
    const Root root;
    root->write("/usr/sbin/nginx", kSocketUser);
    make_sparse(root.at("/etc/nginx/nginx.conf"), "http {", kTerabyte);
    EXPECT_THAT(root.program().config->doubts, Contains(HasSubstr("MiB")));
  }
}

TEST(HostileFiles, ManyHugeFilesOfOneProgramReachItsLimitAndHideNoOther) {
  const Root root;
  root->write("/usr/sbin/nginx", kSocketUser);
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) names.push_back(fmt::format("/srv/{}/libcrypto.so.3", i));
  std::vector<std::string_view> files{"/usr/sbin/nginx", kSsl};
  files.insert(files.end(), names.begin(), names.end());
  for (const std::string& name : names) make_sparse(root.at(name), "x", off_t{1} << 40);
  root->write("/proc/9/maps", Root::maps_of(files));
  EXPECT_THAT(root.program().doubts, Contains(HasSubstr("too large")));
}

TEST(HostileFiles, AProcessWithManyLibrariesReachesItsLimit) {
  const Root root;
  root->write("/usr/sbin/nginx", kSocketUser);
  std::vector<std::string> names;
  for (int i = 0; i < 3000; ++i) names.push_back(fmt::format("/srv/{}.so", i));
  std::vector<std::string_view> files{"/usr/sbin/nginx", kSsl, kCrypto};
  files.insert(files.end(), names.begin(), names.end());
  root->write("/proc/9/maps", Root::maps_of(files));
  EXPECT_THAT(root.program().doubts, Contains(HasSubstr("there are too many")));
}

TEST(HostileFiles, AConfigurationThatIncludesItselfManyTimesEnds) {
  for (const char* line : {"include /etc/nginx/nginx.conf;\n", "include /*/*/*/*/*;\n"}) {
    const Root root;
    root->write("/usr/sbin/nginx", kSocketUser);
    std::string text = "http { server { listen 443 ssl; } }\n";
    for (int i = 0; i < 20'000; ++i) text += line;
    root->write("/etc/nginx/nginx.conf", text);
    const auto doubts = root.program().config->doubts;
    EXPECT_THAT(doubts, ::testing::Not(IsEmpty()));
    EXPECT_LE(doubts.size(), 20U);
  }
}

TEST(HostileFiles, AnOpensslConfigurationThatIncludesItselfManyTimesEnds) {
  const Root root;
  root->write("/usr/sbin/nginx", kSocketUser);
  root->write("/proc/9/environ", "OPENSSL_CONF=/etc/own.cnf");
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += ".include /etc/own.cnf\n";
  root->write("/etc/own.cnf", text);
  const auto doubts = root.program().doubts;
  EXPECT_THAT(doubts, Contains(HasSubstr("/etc/own.cnf was not read")));
  EXPECT_LE(doubts.size(), 2U);
}

// Each name is compared with all others if the reader is naive.
TEST(HostileFiles, AConfigurationOfManyNamesTakesNoLongerPerName) {
  const Root root;
  root->write("/usr/sbin/nginx", kSocketUser);
  root->write("/proc/9/environ", "OPENSSL_CONF=/etc/own.cnf");
  std::string text = "openssl_conf=i\n";
  for (int i = 0; i < 200'000; ++i) text += fmt::format("n{}=1\n", i);
  text += "[i]\nssl_conf=s\n[s]\nsystem_default=d\n[d]\nOptions=KTLS\n";
  root->write("/etc/own.cnf", text);
  EXPECT_EQ(root.program().openssl->ktls, true);
}

TEST(HostileFiles, AConfigurationByARelativePathIsADoubt) {
  const Root root;
  root->write("/usr/sbin/nginx", kSocketUser);
  root->write("/proc/9/environ", "OPENSSL_CONF=relative");
  EXPECT_THAT(root.program().doubts, Contains(HasSubstr("not an absolute path")));
}

TEST(HostileFiles, HostileNamesOfProcessUnitAndFileAreKeptAsTheyAre) {
  for (const std::string& name : testing::hostile_names()) {
    if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos) continue;
    SCOPED_TRACE(testing::first_hidden(name));
    const Root root;
    root->write("/usr/sbin/nginx", kSocketUser);
    root->write("/proc/9/comm", name + "\n");
    root->write("/proc/9/cgroup", "0::/" + name + ".service\n");
    root->write("/proc/9/environ", "OPENSSL_CONF=/etc/" + name);
    EXPECT_THAT(root.look().all, SizeIs(1));
  }
}

}  // namespace
}  // namespace tuner
